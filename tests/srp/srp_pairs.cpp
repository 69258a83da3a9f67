// Random sign-ins between the client's SRP and the practice services', which share no code. usage: srp-pairs COUNT
// [SEED]
//
// Names in upper case and beyond ASCII, passwords of any length with blanks and emoji, salts with leading zero bytes,
// both protocols; now and then a public or shared number that starts with a zero byte, found by search: A must be
// proved with padding, B and S must make the client begin again. A failure prints the seed of its round: run that alone
// with SEED and a count of 1.

#include <cstdint>
#include <exception>
#include <iostream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "emulator/icloud/account.hpp"
#include "emulator/icloud/auth/srp.hpp"
#include "i2i/icloud/srp.hpp"
#include "i2i/util/text.hpp"

namespace {

using emulator::icloud::SrpVerifier;
using i2i::icloud::SrpChallenge;
using i2i::icloud::SrpClient;
using i2i::util::Secret;
using Draw = std::mt19937_64;

constexpr std::uint64_t kEveryA = 40;  // rounds between searches; each looks at 256 numbers on average
constexpr std::uint64_t kEveryB = 50;
constexpr std::uint64_t kEveryS = 100;

void demand(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

std::string bytes(Draw& draw, std::size_t size) {
  std::string text(size, '\0');
  for (char& byte : text) byte = static_cast<char>(draw() & 0xFFU);
  return text;
}

std::string pick(Draw& draw, const std::vector<std::string>& from) { return from[draw() % from.size()]; }

std::string random_name(Draw& draw) {
  std::string name;
  for (std::uint64_t left = 1 + draw() % 12; left > 0; --left) {
    name += pick(draw, {"a", "b", "z", "A", "M", "Z", "0", "9", ".", "_", "+", "ü", "É", "名", "🦊"});
  }
  return pick(draw, {"", " ", "\t"}) + name + "@" + pick(draw, {"example.com", "Example.COM", "пример.example"}) +
         pick(draw, {"", " "});
}

std::string random_password(Draw& draw) {
  std::string password = pick(draw, {"", "", " ", "   "});
  const std::uint64_t most = draw() % 10 == 0 ? 300 : 24;
  for (std::uint64_t left = 1 + draw() % most; left > 0; --left) {
    password += pick(
        draw, {"a", "Q", "7", " ", "\"", "\\", "%", "ß", "é", "e\xCC\x81", "密", "🔑", "👩‍👧", "\x7F", "'"});
  }
  return password + pick(draw, {"", "", " "});
}

std::string random_salt(Draw& draw) {
  std::string salt = bytes(draw, draw() % 8 == 0 ? 1 + draw() % 64 : 16);
  for (std::uint64_t zeros = draw() % 3 == 0 ? 1 + draw() % 3 : 0; zeros > 0 && zeros <= salt.size(); --zeros) {
    salt[zeros - 1] = '\0';
  }
  return salt;
}

SrpClient draw_client(Draw& draw, bool leading_zero) {
  while (true) {
    auto client = SrpClient::create(bytes(draw, 32));
    demand(client.has_value(), "no client");
    if ((client->public_key().front() == '\0') == leading_zero) return *std::move(client);
  }
}

enum class Zero { none, b, s };

/// A secret of the server whose public number, or the shared one, starts with a zero byte, or neither.
std::string draw_secret(Draw& draw, const SrpVerifier& server, const std::string& client_public, Zero wanted) {
  while (true) {
    std::string secret = bytes(draw, 32);
    const bool zero_b = server.public_key(secret).front() == '\0';
    if (wanted == Zero::b && zero_b) return secret;
    if (wanted == Zero::b || zero_b) continue;
    const auto proof = server.prove(client_public, secret);
    demand(proof.has_value(), "the server does not take A");
    if ((proof->shared.front() == '\0') == (wanted == Zero::s)) return secret;
  }
}

void round(std::uint64_t seed, std::map<std::string, int>& seen) {
  Draw draw(seed);
  const bool fo = draw() % 2 == 0;
  emulator::icloud::Account account;
  account.apple_id = i2i::util::trim(random_name(draw));
  const std::string name = i2i::util::ascii_lower(account.apple_id);
  const std::string password = random_password(draw);
  const int iterations = draw() % 50 == 0 ? 20064 : 1 + static_cast<int>(draw() % 40);
  const SrpVerifier server(account.lower_name(), password, random_salt(draw), iterations,
                           fo ? emulator::icloud::SrpProtocol::s2k_fo : emulator::icloud::SrpProtocol::s2k);
  const bool zero_a = seed % kEveryA == 0;
  const SrpClient client = draw_client(draw, zero_a);
  const auto challenge_of = [&](const std::string& secret) {
    return SrpChallenge{fo ? i2i::icloud::SrpProtocol::s2k_fo : i2i::icloud::SrpProtocol::s2k, iterations,
                        server.salt(), server.public_key(secret)};
  };
  ++seen[fo ? "s2k_fo" : "s2k"];
  if (server.salt().front() == '\0') ++seen["salt 0"];
  if (zero_a) ++seen["A 0"];
  for (const auto& [wanted, every, what] : {std::tuple{Zero::b, kEveryB, "B 0"}, std::tuple{Zero::s, kEveryS, "S 0"}}) {
    if (seed % every != 1) continue;
    const auto proof =
        client.prove(name, Secret(password), challenge_of(draw_secret(draw, server, client.public_key(), wanted)));
    demand(proof.has_value() && !proof->has_value(), "an unlucky number does not make the client begin again");
    ++seen[what];
  }
  const std::string secret = draw_secret(draw, server, client.public_key(), Zero::none);
  const auto mine = client.prove(name, Secret(password), challenge_of(secret));
  demand(mine.has_value() && mine->has_value(), "the client gives no proof");
  const auto theirs = server.prove(client.public_key(), secret);
  demand(theirs.has_value(), "the server gives no proof");
  demand((*mine)->m1 == theirs->m1, "M1 differs");
  demand((*mine)->m2 == theirs->m2, "M2 differs");
  const auto wrong = client.prove(name, Secret(password + " "), challenge_of(secret));
  demand(wrong.has_value(), "the client fails for a wrong password");
  demand(!wrong->has_value() || (*wrong)->m1 != theirs->m1, "a wrong password is proved");
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 0;
  try {
    const std::uint64_t count = argc > 1 ? std::stoull(argv[1]) : 200;
    const std::uint64_t first = argc > 2 ? std::stoull(argv[2]) : 1;
    std::map<std::string, int> seen;
    for (seed = first; seed < first + count; ++seed) round(seed, seen);
    std::cout << count << " sign-ins agree on both sides:";
    for (const auto& [what, times] : seen) std::cout << " " << what << " " << times << ";";
    std::cout << "\n";
    // A sample that never met what it is for proves nothing.
    for (const char* what : {"s2k", "s2k_fo", "salt 0", "A 0", "B 0", "S 0"}) {
      if (count >= 200 && seen[what] == 0) throw std::runtime_error(std::string("never met: ") + what);
    }
  } catch (const std::exception& error) {
    std::cerr << "srp-pairs: seed " << seed << ": " << error.what() << "\n";
    return 1;
  }
  return 0;
}
