// The part of libsrtp 3's interface that the mediasoup worker uses, over libsrtp 2.5.
//
// What differs, and how it is bridged:
// - A policy is an opaque object with setters in 3 and an open struct in 2. The struct is renamed away while libsrtp 2's
//   header is read, and libsrtp 3's `srtp_policy_t` is defined here.
// - protect and unprotect take an input and an output buffer with size_t lengths in 3, and work in place on an int length
//   in 2. Where the buffers differ, the packet is copied first; equal buffers are worked on in place. They are C++
//   overloads of libsrtp 2's functions, so both can be called.
// - Lengths: on entry `*out_len` is the room in `out`, on success the length of the result. After an error neither
//   `*out_len` nor the content of `out` means anything.
// - Two error codes are new in 3.
//
// Master key identifiers are not supported: srtp_policy_add_key() refuses them, since nothing here would use them.
#pragma once

#ifndef __cplusplus
#error "this srtp.h overloads libsrtp 2's functions, which takes C++"
#endif

#define srtp_policy_t libsrtp2_policy_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string.h> // explicit_bzero()

// Inside the range of the enumeration's values (0 to 31), as the language asks for.
constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

namespace kcs::srtp
{
	// What libsrtp 2 may write behind a packet when no master key identifier is in use: the longest tag, and for RTCP the
	// word with the index besides.
	constexpr size_t LongestTrailer = SRTP_MAX_TAG_LEN + sizeof(uint32_t);

	struct Policy
	{
		libsrtp2_policy_t settings{};
		srtp_profile_t profile{ srtp_profile_reserved };
		// Key and salt one behind the other, as libsrtp 2 reads them.
		unsigned char key[SRTP_MAX_KEY_LEN]{};
		bool hasKey{ false };

		Policy() = default;
		Policy(const Policy&) = delete;
		Policy& operator=(const Policy&) = delete;
		~Policy()
		{
			explicit_bzero(this->key, sizeof(this->key));
		}
	};

	// Runs one of libsrtp 2's in-place functions from `in` to `out`, with `reserve` bytes free behind the packet.
	template<typename InPlace>
	srtp_err_status_t FromInToOut(
	  InPlace inPlace, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t reserve)
	{
		if (in == nullptr || out == nullptr || outLen == nullptr || inLen > INT_MAX - reserve)
		{
			return srtp_err_status_bad_param;
		}

		if (*outLen < inLen + reserve)
		{
			return srtp_err_status_buffer_small;
		}

		if (in != out)
		{
			std::memmove(out, in, inLen);
		}

		int len                        = static_cast<int>(inLen);
		const srtp_err_status_t status = inPlace(out, &len);

		if (status == srtp_err_status_ok)
		{
			*outLen = static_cast<size_t>(len);
		}

		return status;
	}
} // namespace kcs::srtp

using srtp_policy_t = kcs::srtp::Policy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	if (policy == nullptr)
	{
		return srtp_err_status_bad_param;
	}

	*policy = new (std::nothrow) kcs::srtp::Policy();

	return *policy != nullptr ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	if (policy == nullptr)
	{
		return srtp_err_status_bad_param;
	}

	policy->settings.ssrc = ssrc;

	return srtp_err_status_ok;
}

// For AES128_CM_SHA1_32 libsrtp 2 keeps RTCP's tag at 80 bits, as RFC 3711 asks and as libsrtp 3 does.
inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	if (policy == nullptr)
	{
		return srtp_err_status_bad_param;
	}

	srtp_err_status_t status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->settings.rtp, profile);

	if (status == srtp_err_status_ok)
	{
		status = srtp_crypto_policy_set_from_profile_for_rtcp(&policy->settings.rtcp, profile);
	}

	if (status == srtp_err_status_ok)
	{
		policy->profile = profile;
	}

	return status;
}

// The profile must have been set: it says how long key and salt have to be.
inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* mki,
  size_t mkiLen)
{
	if (policy == nullptr || key == nullptr || salt == nullptr || mki != nullptr || mkiLen != 0 || policy->hasKey)
	{
		return srtp_err_status_bad_param;
	}

	if (
	  policy->profile == srtp_profile_reserved || keyLen != srtp_profile_get_master_key_length(policy->profile) ||
	  saltLen != srtp_profile_get_master_salt_length(policy->profile) || keyLen + saltLen > sizeof(policy->key))
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->key, key, keyLen);
	std::memcpy(policy->key + keyLen, salt, saltLen);
	policy->hasKey = true;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	if (policy == nullptr)
	{
		return srtp_err_status_bad_param;
	}

	policy->settings.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t size)
{
	if (policy == nullptr)
	{
		return srtp_err_status_bad_param;
	}

	policy->settings.window_size = size;

	return srtp_err_status_ok;
}

// libsrtp 2 copies what it needs: the policy may be destroyed afterwards.
inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	if (session == nullptr || policy == nullptr || !policy->hasKey)
	{
		return srtp_err_status_bad_param;
	}

	policy->settings.key  = policy->key;
	policy->settings.next = nullptr;

	return srtp_create(session, static_cast<const libsrtp2_policy_t*>(&policy->settings));
}

// Takes the SSRC in network byte order, as the worker gives it and as libsrtp 2 stores it.
inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

// `out` needs room for the packet and kcs::srtp::LongestTrailer bytes behind it, whatever the profile.
inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpLen, uint8_t* out, size_t* outLen, size_t mkiIndex)
{
	if (mkiIndex != 0)
	{
		return srtp_err_status_bad_mki;
	}

	return kcs::srtp::FromInToOut(
	  [session](void* packet, int* len) { return srtp_protect(session, packet, len); },
	  rtp, rtpLen, out, outLen, kcs::srtp::LongestTrailer);
}

// `out` needs room for the packet as received, tag included.
inline srtp_err_status_t srtp_unprotect(srtp_t session, const uint8_t* srtp, size_t srtpLen, uint8_t* out, size_t* outLen)
{
	return kcs::srtp::FromInToOut(
	  [session](void* packet, int* len) { return srtp_unprotect(session, packet, len); },
	  srtp, srtpLen, out, outLen, 0);
}

// `out` needs room for the packet and kcs::srtp::LongestTrailer bytes behind it, whatever the profile.
inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpLen, uint8_t* out, size_t* outLen, size_t mkiIndex)
{
	if (mkiIndex != 0)
	{
		return srtp_err_status_bad_mki;
	}

	return kcs::srtp::FromInToOut(
	  [session](void* packet, int* len) { return srtp_protect_rtcp(session, packet, len); },
	  rtcp, rtcpLen, out, outLen, kcs::srtp::LongestTrailer);
}

// `out` needs room for the packet as received, tag included.
inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpLen, uint8_t* out, size_t* outLen)
{
	return kcs::srtp::FromInToOut(
	  [session](void* packet, int* len) { return srtp_unprotect_rtcp(session, packet, len); },
	  srtcp, srtcpLen, out, outLen, 0);
}
