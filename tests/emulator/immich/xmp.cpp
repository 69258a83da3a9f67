#include "emulator/immich/xmp.hpp"

#include <cctype>
#include <cstdint>
#include <regex>
#include <utility>

namespace emulator::immich {
namespace {

struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<Element> children;
  std::string text;
};

std::string local(const std::string& name) { return name.substr(name.find(':') + 1); }

std::string utf8(std::uint32_t code) {
  std::string out;
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
  return out;
}

/// A strict little XML reader: any fault makes the whole document unusable, as with the real tag reader.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Element> document() {
    skip_misc();
    Element root;
    if (!element(root)) return std::nullopt;
    skip_misc();
    if (at_ != text_.size()) return std::nullopt;
    return root;
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool skip_past(std::string_view what) {
    const std::size_t found = text_.find(what, at_);
    if (found == std::string_view::npos) return false;
    at_ = found + what.size();
    return true;
  }
  void skip_misc() {
    if (starts("\xEF\xBB\xBF")) at_ += 3;
    for (skip_space(); starts("<?") || starts("<!--"); skip_space())
      if (!skip_past(starts("<?") ? "?>" : "-->")) return;
  }
  std::string name() {
    const std::size_t from = at_;
    while (at_ < text_.size() && std::string_view(" \t\r\n/>=<\"'&").find(text_[at_]) == std::string_view::npos) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }
  bool unescape(std::string_view raw, std::string& out) const {
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '<') return false;
      if (raw[i] != '&') {
        out += raw[i];
        continue;
      }
      const std::size_t end = raw.find(';', i);
      if (end == std::string_view::npos) return false;
      const std::string entity(raw.substr(i + 1, end - i - 1));
      static const std::map<std::string, char> kNamed{
          {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
      if (const auto it = kNamed.find(entity); it != kNamed.end()) {
        out += it->second;
      } else if (entity.size() > 1 && entity.front() == '#') {
        const bool hex = entity[1] == 'x';
        std::uint32_t code = 0;
        for (std::size_t k = hex ? 2 : 1; k < entity.size(); ++k) {
          const auto c = static_cast<unsigned char>(entity[k]);
          if ((hex ? std::isxdigit(c) : std::isdigit(c)) == 0 || code > 0x10FFFF) return false;
          const auto digit = static_cast<std::uint32_t>(std::isdigit(c) != 0 ? c - '0' : (c | 0x20) - 'a' + 10);
          code = code * (hex ? 16U : 10U) + digit;
        }
        out += utf8(code);
      } else {
        return false;
      }
      i = end;
    }
    return true;
  }
  bool attributes(Element& into) {
    for (skip_space(); at_ < text_.size() && text_[at_] != '/' && text_[at_] != '>'; skip_space()) {
      const std::string key = name();
      skip_space();
      if (key.empty() || !starts("=")) return false;
      ++at_;
      skip_space();
      if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return false;
      const char quote = text_[at_++];
      const std::size_t end = text_.find(quote, at_);
      std::string value;
      if (end == std::string_view::npos || !unescape(text_.substr(at_, end - at_), value)) return false;
      at_ = end + 1;
      into.attributes.emplace_back(key, value);
    }
    return at_ < text_.size();
  }
  bool element(Element& into) {
    if (!starts("<") || ++depth_ > 64) return false;
    ++at_;
    into.name = name();
    if (into.name.empty() || !attributes(into)) return false;
    if (starts("/>")) {
      at_ += 2;
      --depth_;
      return true;
    }
    if (!starts(">")) return false;
    ++at_;
    while (at_ < text_.size()) {
      if (starts("</")) {
        at_ += 2;
        if (name() != into.name) return false;
        skip_space();
        if (!starts(">")) return false;
        ++at_;
        --depth_;
        return true;
      }
      if (starts("<!--")) {
        if (!skip_past("-->")) return false;
      } else if (starts("<?")) {
        if (!skip_past("?>")) return false;
      } else if (starts("<![CDATA[")) {
        const std::size_t from = at_ + 9;
        if (!skip_past("]]>")) return false;
        into.text += text_.substr(from, at_ - 3 - from);
      } else if (starts("<")) {
        into.children.emplace_back();
        if (!element(into.children.back())) return false;
      } else {
        const std::size_t end = text_.find('<', at_);
        if (end == std::string_view::npos || !unescape(text_.substr(at_, end - at_), into.text)) return false;
        at_ = end;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

std::string tag_name(const std::string& property) {
  std::string result = local(property);
  if (!result.empty()) result[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(result[0])));
  return result;
}

void items(const Element& element, std::vector<std::string>& into) {
  for (const Element& child : element.children) {
    if (local(child.name) == "li") into.push_back(child.text);
    items(child, into);
  }
}

void collect(const Element& element, XmpProperties& into, bool& found) {
  if (local(element.name) == "Description" && element.name.starts_with("rdf:")) {
    found = true;
    for (const auto& [key, value] : element.attributes)
      if (!key.starts_with("xmlns") && !key.starts_with("rdf:") && !key.starts_with("xml:"))
        into[tag_name(key)] = {value};
    for (const Element& child : element.children) {
      std::vector<std::string> values;
      items(child, values);
      if (values.empty()) values.push_back(child.text);
      into[tag_name(child.name)] = std::move(values);
    }
    return;
  }
  for (const Element& child : element.children) collect(child, into, found);
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string without(std::string text, const std::string& property) {
  const std::string name = "[A-Za-z0-9_]+:" + local(property);
  text = std::regex_replace(text, std::regex("\\s" + name + "\\s*=\\s*(\"[^\"]*\"|'[^']*')"), "");
  text = std::regex_replace(text, std::regex("<(" + name + ")(\\s[^>]*)?/>"), "");
  return std::regex_replace(text, std::regex("<(" + name + ")(\\s[^>]*)?>[\\s\\S]*?</\\1>"), "");
}

}  // namespace

std::optional<XmpProperties> read_xmp(std::string_view text) {
  const auto root = Parser(text).document();
  if (!root) return std::nullopt;
  XmpProperties properties;
  bool found = false;
  collect(*root, properties, found);
  if (!found) return std::nullopt;
  return properties;
}

std::string edit_xmp(std::string_view text, const std::vector<XmpEdit>& edits) {
  std::string result(text);
  if (!read_xmp(text))
    result =
        "<?xpacket begin='\xEF\xBB\xBF' id='W5M0MpCehiHzreSzNTczkc9d'?>\n<x:xmpmeta xmlns:x='adobe:ns:meta/'>\n"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\n</rdf:RDF>\n</x:xmpmeta>\n"
        "<?xpacket end='w'?>";
  std::string added;
  for (const XmpEdit& edit : edits) {
    result = without(std::move(result), edit.name);
    if (edit.values.empty()) continue;
    const std::string prefix = edit.name.substr(0, edit.name.find(':'));
    added += " <rdf:Description rdf:about='' xmlns:" + prefix + "='" + edit.uri + "'>\n  <" + edit.name + ">";
    if (edit.form == XmpEdit::Form::attribute) {
      added += escaped(edit.values.front());
    } else if (edit.form == XmpEdit::Form::language) {
      added += "<rdf:Alt><rdf:li xml:lang='x-default'>" + escaped(edit.values.front()) + "</rdf:li></rdf:Alt>";
    } else {
      added += "<rdf:Seq>";
      for (const std::string& value : edit.values) added += "<rdf:li>" + escaped(value) + "</rdf:li>";
      added += "</rdf:Seq>";
    }
    added += "</" + edit.name + ">\n </rdf:Description>\n";
  }
  const std::size_t end = result.rfind("</rdf:RDF>");
  if (end != std::string::npos) result.insert(end, added);
  return result;
}

}  // namespace emulator::immich
