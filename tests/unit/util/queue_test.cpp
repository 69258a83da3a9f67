#include "i2i/util/queue.hpp"

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "catch.hpp"

using i2i::util::BoundedQueue;
using namespace std::chrono_literals;

TEST_CASE("first in, first out, bounded") {
  BoundedQueue<int> queue(2);
  int item = 3;
  CHECK(queue.push(1));
  CHECK(queue.push(2));
  CHECK_FALSE(queue.try_push(item));
  CHECK(item == 3);
  CHECK(queue.pop() == 1);
  CHECK(queue.try_push(item));
  CHECK(queue.pop() == 2);
  CHECK(queue.try_pop() == 3);
  CHECK_FALSE(queue.try_pop());
  CHECK_FALSE(queue.pop_for(0ms));
}

TEST_CASE("a closed queue gives what it has and takes nothing") {
  BoundedQueue<int> queue(2);
  CHECK(queue.push(1));
  queue.close();
  CHECK_FALSE(queue.push(2));
  CHECK(queue.pop() == 1);
  CHECK_FALSE(queue.pop());
}

TEST_CASE("closing wakes those who wait") {
  BoundedQueue<int> empty(1);
  BoundedQueue<int> full(1);
  CHECK(full.push(1));
  bool pushed = true;
  {
    const std::jthread taker([&] { static_cast<void>(empty.pop()); });
    const std::jthread giver([&] { pushed = full.push(2); });
    empty.close();
    full.close();
  }
  CHECK_FALSE(pushed);
}

TEST_CASE("everything pushed by many is popped once by many") {
  BoundedQueue<std::unique_ptr<int>> queue(3);
  std::vector<int> sums(2);
  {
    std::vector<std::jthread> takers;
    for (int& sum : sums) {
      takers.emplace_back([&queue, &sum] {
        while (auto item = queue.pop()) sum += **item;
      });
    }
    {
      std::vector<std::jthread> givers;
      for (int g = 0; g < 2; ++g) {
        givers.emplace_back([&queue] {
          for (int i = 1; i <= 100; ++i) queue.push(std::make_unique<int>(i));
        });
      }
    }
    queue.close();
  }
  CHECK(sums[0] + sums[1] == 2 * 5050);
}
