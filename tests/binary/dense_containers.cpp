// Holds the recipe's ankerl/unordered_dense.h to what the worker does with these containers.

#include <ankerl/unordered_dense.h>

#include <cstdint>
#include <cstdio>
#include <set>
#include <string>

static int failures = 0;

#define CHECK(condition)                                                                                               \
	do                                                                                                                   \
	{                                                                                                                    \
		if (!(condition))                                                                                                  \
		{                                                                                                                  \
			std::printf("line %d: %s\n", __LINE__, #condition);                                                              \
			++failures;                                                                                                      \
		}                                                                                                                  \
	} while (false)

template<typename T>
using Set = ankerl::unordered_dense::set<T>;
template<typename K, typename V>
using Map = ankerl::unordered_dense::map<K, V>;

enum class Kind : uint8_t
{
	ONE = 1,
	TWO
};

struct Key
{
	int a;
	int b;
	bool operator==(const Key&) const = default;
};

struct KeyHash
{
	size_t operator()(const Key& key) const noexcept
	{
		return ankerl::unordered_dense::hash<int>{}(key.a) ^ (ankerl::unordered_dense::hash<int>{}(key.b) << 1);
	}
};

// As RtpListener and others do: erase on the way through, and go on with what erase returns.
static void ErasesOnTheWayThrough()
{
	Map<uint32_t, int> map;
	for (uint32_t key = 0; key < 1000; ++key)
	{
		map[key] = static_cast<int>(key % 3);
	}
	std::set<uint32_t> seen;
	for (auto it = map.begin(); it != map.end();)
	{
		seen.insert(it->first);
		it = it->second == 0 ? map.erase(it) : std::next(it);
	}
	CHECK(seen.size() == 1000);
	CHECK(map.size() == 666);
	for (const auto& [key, value] : map)
	{
		CHECK(key % 3 == static_cast<uint32_t>(value) && value != 0);
	}
	auto last = map.find(1);
	while (map.size() > 1)
	{
		map.erase(map.begin()->first);
	}
	last = map.erase(map.begin());
	CHECK(last == map.end());
	CHECK(map.empty());
}

static void ErasesByKeyAndConstIterator()
{
	Set<std::string> set{ "a", "b", "c" };
	CHECK(set.erase("b") == 1);
	CHECK(set.erase("b") == 0);
	CHECK(set.contains("a") && !set.contains("b"));
	Map<std::string, int> map{ { "a", 1 }, { "b", 2 }, { "c", 3 } };
	Map<std::string, int>::const_iterator first = map.cbegin();
	auto next                                   = map.erase(first);
	CHECK(map.size() == 2);
	CHECK(next != map.end() && map.contains(next->first));
	map.erase(map.cbegin(), map.cend());
	CHECK(map.empty());
}

static void HoldsEnumsPointersAndOwnHashes()
{
	const Map<Kind, const char*> names = { { Kind::ONE, "one" }, { Kind::TWO, "two" } };
	CHECK(std::string(names.at(Kind::TWO)) == "two");
	CHECK(names.find(Kind::ONE)->second == std::string("one"));

	int values[3]{};
	Map<int*, Set<int*>> nested;
	nested[&values[0]].insert(&values[1]);
	nested[&values[0]].insert(&values[2]);
	nested[&values[0]].erase(&values[1]);
	CHECK(nested.at(&values[0]).size() == 1);

	ankerl::unordered_dense::map<Key, int, KeyHash> own;
	CHECK(own.try_emplace(Key{ 1, 2 }, 3).second);
	CHECK(!own.try_emplace(Key{ 1, 2 }, 4).second);
	CHECK(own.at(Key{ 1, 2 }) == 3);
	auto moved = std::move(own);
	CHECK(moved.size() == 1);
}

// Erasing moves nothing else, so what points into the container stays good.
static void ReferencesSurviveErasing()
{
	Map<int, std::string> map;
	map.reserve(100);
	std::string& kept = map[7];
	for (int key = 0; key < 100; ++key)
	{
		map.try_emplace(key, std::to_string(key));
	}
	kept = "kept";
	for (int key = 0; key < 100; ++key)
	{
		if (key != 7)
		{
			map.erase(key);
		}
	}
	CHECK(&kept == &map.at(7));
	CHECK(map.at(7) == "kept");
}

int main()
{
	ErasesOnTheWayThrough();
	ErasesByKeyAndConstIterator();
	HoldsEnumsPointersAndOwnHashes();
	ReferencesSurviveErasing();
	return failures == 0 ? 0 : 1;
}
