#pragma once
#include <string>

#include "app/telling/problems.hpp"
#include "i2i/app/report.hpp"

namespace i2i::app {

/// What an account's metrics are made of.
struct MetricsOf {
  std::string account;  // the label
  const TellingState& state;
  SessionReport session;
};

/// Prometheus' text format (version 0.0.4), as node_exporter's textfile collector reads it. docs/telling-people.md
/// lists the metrics.
std::string encode_metrics(const MetricsOf& what);

}  // namespace i2i::app
