#include "app/telling/metrics_encode.hpp"
#include "catch.hpp"

using namespace i2i::app;

TEST_CASE("metrics of an account that never ran say only that nobody is wanted") {
  const TellingState state;
  CHECK(encode_metrics({"Mum\\ \"at\"\nhome", state, {}}) ==
        "# HELP icloud2immich_sign_in_needed 1 where a person must sign in or act on the account.\n"
        "# TYPE icloud2immich_sign_in_needed gauge\n"
        "icloud2immich_sign_in_needed{account=\"Mum\\\\ \\\"at\\\"\\nhome\"} 0\n");
}

TEST_CASE("figures are those of the last run that knew them, and what is counted grows") {
  TellingState state;
  CommandOutcome outcome;
  outcome.command = "sync";
  outcome.took = std::chrono::milliseconds(1'250);
  outcome.figures = {{"placed_bytes", 9'007'199'254'740'993 / 3}, {"nobody knows this", 1}};
  outcome.counted = {{"downloaded_bytes_total", 5}};
  take_figures(state, outcome, 1'700'000'000'123);
  outcome.exit_code = 6;
  outcome.figures.clear();
  take_figures(state, outcome, 1'700'000'100'000);

  const auto text = encode_metrics({"1", state, {}});
  for (const char* line :
       {"icloud2immich_last_run_timestamp_seconds{account=\"1\",command=\"sync\"} 1700000100\n",
        "icloud2immich_last_run_exit_code{account=\"1\",command=\"sync\"} 6\n",
        "icloud2immich_last_run_duration_seconds{account=\"1\",command=\"sync\"} 1.250\n",
        "icloud2immich_last_success_timestamp_seconds{account=\"1\",command=\"sync\"} 1700000000.123\n",
        "# TYPE icloud2immich_placed_bytes gauge\n", "icloud2immich_placed_bytes{account=\"1\"} 3002399751580331\n",
        "# TYPE icloud2immich_downloaded_bytes_total counter\n",
        "icloud2immich_downloaded_bytes_total{account=\"1\"} 10\n"}) {
    CHECK_THAT(text, ContainsSubstring(line));
  }
  CHECK(text.find("nobody") == std::string::npos);
}

TEST_CASE("a problem stands in the metrics from its first run on, told or not") {
  TellingState state;
  state.sign_in = Problem{ProblemKind::expiring, 1'000, 1'000, 1, true, false, 0};
  state.commands["verify"].problem = Problem{ProblemKind::differences, 2'000, 2'000, 1, true, false, 3};
  state.commands["verify"].waiting = Problem{ProblemKind::immich, 3'000, 3'000, 1, false, false, 0};
  SessionReport session;
  session.days_left = 5;
  session.trusted_until_estimate = 1'700'000'000'000;
  const auto text = encode_metrics({"1", state, session});
  for (const char* line :
       {"icloud2immich_sign_in_needed{account=\"1\"} 0\n",  // not yet
        "icloud2immich_problem_since_timestamp_seconds{account=\"1\",command=\"\",kind=\"expiring\"} 1\n",
        "icloud2immich_problem_since_timestamp_seconds{account=\"1\",command=\"verify\",kind=\"differences\"} 2\n"
        "icloud2immich_problem_since_timestamp_seconds{account=\"1\",command=\"verify\",kind=\"immich\"} 3\n",
        "icloud2immich_session_days_left{account=\"1\"} 5\n",
        "icloud2immich_session_trusted_until_timestamp_seconds{account=\"1\"} 1700000000\n"}) {
    CHECK_THAT(text, ContainsSubstring(line));
  }
}
