// Changing our fields in a sidecar that somebody else has written to since.
#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "i2i/util/text.hpp"
#include "media/sidecar_xml.hpp"

namespace i2i::media {
namespace {

constexpr unsigned kParse = pugi::parse_default | pugi::parse_pi | pugi::parse_comments | pugi::parse_declaration |
                            pugi::parse_doctype | pugi::parse_ws_pcdata;
constexpr unsigned kFormat = pugi::format_raw | pugi::format_no_declaration;

std::string_view local_part(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// The name space of a prefixed name, seen from an element. Only prefixed names are properties.
std::string_view uri_of(pugi::xml_node element, std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string declaration = "xmlns:" + std::string(name.substr(0, colon));
  for (; element; element = element.parent()) {
    if (const auto found = element.attribute(declaration.c_str())) return found.value();
  }
  return {};
}

bool is_element(pugi::xml_node node, std::string_view uri, std::string_view name) {
  return node.type() == pugi::node_element && local_part(node.name()) == name && uri_of(node, node.name()) == uri;
}

/// rdf:RDF itself, or in the wrapper around it.
pugi::xml_node find_rdf(const pugi::xml_document& document) {
  for (const auto top : document.children()) {
    if (is_element(top, kRdf, "RDF")) return top;
    for (const auto below : top.children()) {
      if (is_element(below, kRdf, "RDF")) return below;
    }
  }
  return {};
}

bool is_to_go(pugi::xml_node element, const char* name, const std::vector<SidecarField>& fields) {
  const auto uri = uri_of(element, name);
  const auto local = local_part(name);
  return std::any_of(kXmpNames.begin(), kXmpNames.end(), [&](const XmpName& ours) {
    return ours.uri == uri && ours.name == local && std::find(fields.begin(), fields.end(), ours.field) != fields.end();
  });
}

bool is_blank(pugi::xml_node node) {
  return node.type() == pugi::node_pcdata &&
         std::string_view(node.value()).find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// White space at the end of an element, so that what is added begins its line once, however often it is added.
void trim_end(pugi::xml_node element) {
  while (element.last_child().type() == pugi::node_pcdata) {
    const auto last = element.last_child();
    const std::string_view text = last.value();
    const auto length = text.find_last_not_of(" \t\r\n") + 1;
    if (length > 0) {
      last.text().set(std::string(text.substr(0, length)).c_str());
      return;
    }
    element.remove_child(last);
  }
}

/// The reader is lenient where XML 1.0 is not: bytes that no text may hold would be written back as they are.
bool is_xml_text(std::string_view text) {
  return util::is_valid_utf8(text) && std::all_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r';
         });
}

void remove_with_line(pugi::xml_node parent, pugi::xml_node child) {
  const auto before = child.previous_sibling();
  parent.remove_child(child);
  if (before && is_blank(before)) parent.remove_child(before);
}

void remove_properties(pugi::xml_node description, const std::vector<SidecarField>& fields) {
  for (auto attribute = description.first_attribute(); attribute;) {
    const auto next = attribute.next_attribute();
    if (is_to_go(description, attribute.name(), fields)) description.remove_attribute(attribute);
    attribute = next;
  }
  for (auto child = description.first_child(); child;) {
    const auto next = child.next_sibling();
    if (child.type() == pugi::node_element && is_to_go(child, child.name(), fields)) {
      remove_with_line(description, child);
    }
    child = next;
  }
}

bool says_nothing(pugi::xml_node description) {
  const auto attributes = description.attributes();
  const auto children = description.children();
  return std::all_of(attributes.begin(), attributes.end(),
                     [&](const pugi::xml_attribute& attribute) {
                       const std::string_view name = attribute.name();
                       return name.starts_with("xmlns") || uri_of(description, name) == kRdf;
                     }) &&
         std::all_of(children.begin(), children.end(), is_blank);
}

}  // namespace

std::optional<std::string> edit_sidecar(const std::string& existing, const Sidecar& now,
                                        const std::vector<SidecarField>& fields) {
  pugi::xml_document document;
  if (!is_xml_text(existing)) return std::nullopt;
  if (!document.load_buffer(existing.data(), existing.size(), kParse, pugi::encoding_utf8)) return std::nullopt;
  auto rdf = find_rdf(document);
  if (!rdf) return std::nullopt;
  for (auto child = rdf.first_child(); child;) {
    const auto next = child.next_sibling();
    if (is_element(child, kRdf, "Description")) {
      remove_properties(child, fields);
      if (says_nothing(child)) remove_with_line(rdf, child);
    }
    child = next;
  }
  if (std::any_of(fields.begin(), fields.end(), [&](SidecarField field) { return now.says(field); })) {
    // Our element uses the prefix rdf, whatever the file calls that name space.
    std::string ours = "\n" + description_element(now, fields);
    if (uri_of(rdf, "rdf:li") != kRdf) {
      ours.insert(ours.find(" rdf:about"), " xmlns:rdf=\"" + std::string(kRdf) + "\"");
    }
    trim_end(rdf);
    if (!rdf.append_buffer(ours.data(), ours.size(), kParse)) return std::nullopt;
  }
  std::ostringstream out;
  // One by one: the white space between them is no part of the document.
  for (const auto top : document.children()) {
    top.print(out, "", kFormat, pugi::encoding_utf8);
    out << '\n';
  }
  return out.str();
}

}  // namespace i2i::media
