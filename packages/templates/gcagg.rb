class Gcagg < Formula
  desc "Turns Genesys Cloud analytics into tables, workbooks and reports"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@DOWNLOAD@/gcagg-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin@"
    end
    on_intel do
      url "@DOWNLOAD@/gcagg-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin@"
    end
  end
  on_linux do
    on_arm do
      url "@DOWNLOAD@/gcagg-@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@DOWNLOAD@/gcagg-@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "gcagg"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/gcagg.bash" => "gcagg"
    zsh_completion.install "completions/_gcagg"
    fish_completion.install "completions/gcagg.fish"
  end

  test do
    (testpath/"day.json").write '{"results":[]}'
    assert_match "metric", shell_output("#{bin}/gcagg convert day.json")
  end
end
