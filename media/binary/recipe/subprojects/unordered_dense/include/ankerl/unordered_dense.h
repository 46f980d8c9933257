// ankerl::unordered_dense::{map, set, hash} over Abseil's flat containers.
//
// One difference in the interface matters to upstream: ankerl's erase(iterator) returns the iterator to go on with, and
// Abseil's returns nothing. One in behaviour does not: ankerl iterates in order of insertion until something is erased,
// Abseil in no order at all, and the worker never relies on one.
//
// References and iterators live at least as long as ankerl's: Abseil moves nothing when it erases, and moves on
// insertion only when it has to grow, which reserve() rules out in both.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>
#include <functional>

namespace ankerl::unordered_dense
{
	template<typename T>
	using hash = absl::Hash<T>;

	namespace detail
	{
		template<typename Container>
		class ErasingToNext : public Container
		{
		public:
			using Container::Container;
			using typename Container::const_iterator;
			using typename Container::iterator;
			using typename Container::key_type;

			iterator erase(iterator position)
			{
				iterator next = position;
				++next;
				Container::erase(position);
				return next;
			}

			iterator erase(const_iterator position)
			{
				const_iterator next = position;
				++next;
				Container::erase(position);
				// An empty range: erases nothing, and turns the const_iterator into the iterator that is owed.
				return Container::erase(next, next);
			}

			iterator erase(const_iterator first, const_iterator last)
			{
				return Container::erase(first, last);
			}

			size_t erase(const key_type& key)
			{
				return Container::erase(key);
			}
		};
	} // namespace detail

	template<typename Key, typename T, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
	using map = detail::ErasingToNext<absl::flat_hash_map<Key, T, Hash, Equal>>;

	template<typename Key, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
	using set = detail::ErasingToNext<absl::flat_hash_set<Key, Hash, Equal>>;
} // namespace ankerl::unordered_dense
