// Long CSV by hand with simdjson's On-Demand reader: no validation, the keys in their usual order.
#include <cstdio>
#include <string>
#include <string_view>

#include "simdjson.h"

using namespace simdjson;

static void append(std::string &out, std::string_view text) { out.append(text.data(), text.size()); }

int main(int, char **arguments) {
  const char *names[] = {"count", "sum", "min", "max", "ratio", "numerator", "denominator", "target"};
  auto text = padded_string::load(arguments[1]);
  if (text.error()) return 1;
  FILE *file = std::fopen(arguments[2], "wb");
  std::string out = "mediaType,queueId,interval_start,interval_end,metric,count,sum,min,max,ratio,numerator,denominator,target\n";
  ondemand::parser parser;
  ondemand::document document = parser.iterate(text.value_unsafe());
  for (ondemand::object container : document["results"]) {
    std::string group;
    ondemand::object dimensions = container["group"];
    for (const char *name : {"mediaType", "queueId"}) {
      std::string_view value;
      if (!dimensions[name].get(value)) append(group, value);
      group += ',';
    }
    for (ondemand::object bucket : container["data"]) {
      std::string_view interval = bucket["interval"];
      size_t slash = interval.find('/');
      std::string prefix = group;
      append(prefix, interval.substr(0, slash));
      prefix += ',';
      append(prefix, interval.substr(slash + 1));
      prefix += ',';
      for (ondemand::object metric : bucket["metrics"]) {
        out += prefix;
        std::string_view name = metric["metric"];
        append(out, name);
        std::string_view values[8];
        for (auto field : metric["stats"].get_object()) {
          std::string_view key = field.unescaped_key();
          std::string_view token = field.value().raw_json_token();
          while (!token.empty() && token.back() <= ' ') token.remove_suffix(1);
          for (int i = 0; i < 8; i++)
            if (key == names[i]) values[i] = token;
        }
        for (auto value : values) {
          out += ',';
          append(out, value);
        }
        out += '\n';
        if (out.size() > 1 << 20) {
          std::fwrite(out.data(), 1, out.size(), file);
          out.clear();
        }
      }
    }
  }
  std::fwrite(out.data(), 1, out.size(), file);
  return std::fclose(file);
}
