// The text of a sidecar: docs/protocol/immich.md §12.5.
#include <algorithm>

#include "media/sidecar_xml.hpp"

namespace i2i::media {
namespace {

constexpr std::string_view kToolkit = "x:xmptk=\"icloud2immich\"";
constexpr std::string_view kHead =
    "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"icloud2immich\">\n"
    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n";
constexpr std::string_view kTail = "</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>\n";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

class Properties {
 public:
  void attribute(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    attributes_.append("\n    ").append(name).append("=\"").append(escaped(value)).append("\"");
  }
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    open(name, "Alt");
    elements_.append("<rdf:li xml:lang=\"x-default\">").append(escaped(value)).append("</rdf:li>");
    close(name, "Alt");
  }
  void list(std::string_view name, std::string_view kind, const std::vector<std::string>& values) {
    if (values.empty()) return;
    open(name, kind);
    for (const auto& value : values) elements_.append("<rdf:li>").append(escaped(value)).append("</rdf:li>");
    close(name, kind);
  }

  /// uris: of the prefixes used, in order.
  [[nodiscard]] std::string element(std::string_view uris) const {
    std::string out = " <rdf:Description rdf:about=\"\"";
    out.append(uris).append(attributes_);
    if (elements_.empty()) return out.append("/>\n");
    return out.append(">\n").append(elements_).append(" </rdf:Description>\n");
  }

 private:
  void open(std::string_view name, std::string_view kind) {
    elements_.append("  <").append(name).append("><rdf:").append(kind).append(">");
  }
  void close(std::string_view name, std::string_view kind) {
    elements_.append("</rdf:").append(kind).append("></").append(name).append(">\n");
  }
  std::string attributes_;
  std::string elements_;
};

void add(Properties& properties, const Sidecar& sidecar, SidecarField field) {
  switch (field) {
    case SidecarField::description:
      properties.text("dc:title", sidecar.title);
      // Twice, because a file's own ImageDescription goes before an XMP dc:description.
      properties.text("dc:description", sidecar.description);
      properties.text("tiff:ImageDescription", sidecar.description);
      return;
    case SidecarField::tags:
      properties.list("dc:subject", "Bag", sidecar.tags);
      properties.list("digiKam:TagsList", "Seq", sidecar.tags);
      return;
    case SidecarField::date:
      properties.attribute("exif:DateTimeOriginal", sidecar.date);
      return;
    case SidecarField::place: {
      properties.attribute("exif:GPSLatitude", sidecar.latitude);
      properties.attribute("exif:GPSLongitude", sidecar.longitude);
      if (sidecar.altitude.empty()) return;
      const bool below = sidecar.altitude.front() == '-';
      properties.attribute("exif:GPSAltitude", std::string_view(sidecar.altitude).substr(below ? 1 : 0));
      properties.attribute("exif:GPSAltitudeRef", below ? "1" : "0");
      return;
    }
    case SidecarField::rating:
      properties.attribute("xmp:Rating", sidecar.rating);
      return;
  }
}

}  // namespace

std::string description_element(const Sidecar& sidecar, const std::vector<SidecarField>& fields) {
  Properties properties;
  std::string uris;
  for (const auto field : fields) {
    if (!sidecar.says(field)) continue;
    add(properties, sidecar, field);
    for (const auto& name : kXmpNames) {
      if (name.field != field) continue;
      std::string declared = "\n    xmlns:";
      declared.append(name.prefix).append("=\"").append(name.uri).append("\"");
      if (uris.find(declared) == std::string::npos) uris += declared;
    }
  }
  return properties.element(uris);
}

std::string write_sidecar(const Sidecar& sidecar) {
  using enum SidecarField;
  std::string out(kHead);
  out += description_element(sidecar, {description, tags, date, place, rating});
  return out.append(kTail);
}

bool is_own_sidecar(std::string_view bytes) {
  return bytes.substr(0, kHead.size()).find(kToolkit) != std::string::npos;
}

}  // namespace i2i::media
