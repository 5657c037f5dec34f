# Installs gcagg @VERSION@ to %LOCALAPPDATA%\gcagg, or to the folder in GCAGG_INSTALL_DIR.
# Needs Windows on x86-64 and PowerShell 5 or later. Needs no administrator.
$ErrorActionPreference = 'Stop'
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12

$download = if ($env:GCAGG_DOWNLOAD) { $env:GCAGG_DOWNLOAD } else { '@DOWNLOAD@' }
$folder = if ($env:GCAGG_INSTALL_DIR) { $env:GCAGG_INSTALL_DIR } else { Join-Path $env:LOCALAPPDATA 'gcagg' }
$name = 'gcagg-@VERSION@-x86_64-pc-windows-msvc'
$expected = '@SHA256:x86_64-pc-windows-msvc@'

$scratch = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
New-Item -ItemType Directory -Path $scratch | Out-Null
try {
    $archive = Join-Path $scratch "$name.zip"
    Invoke-WebRequest -UseBasicParsing -Uri "$download/$name.zip" -OutFile $archive
    $actual = (Get-FileHash -Algorithm SHA256 $archive).Hash.ToLower()
    if ($actual -ne $expected) { throw "$name.zip has the checksum $actual instead of $expected" }
    Expand-Archive -Path $archive -DestinationPath $scratch
    New-Item -ItemType Directory -Force -Path $folder | Out-Null
    Copy-Item (Join-Path $scratch "$name\gcagg.exe") $folder -Force
    Write-Output "installed $(& (Join-Path $folder 'gcagg.exe') --version) to $folder"
    $path = [Environment]::GetEnvironmentVariable('Path', 'User')
    if (";$path;" -notlike "*;$folder;*") {
        [Environment]::SetEnvironmentVariable('Path', "$folder;$path", 'User')
        Write-Output "added $folder to PATH for new terminals"
    }
} finally {
    Remove-Item -Recurse -Force $scratch
}
