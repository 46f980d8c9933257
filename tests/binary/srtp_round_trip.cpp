// Holds the recipe's srtp.h (libsrtp 3's interface over libsrtp 2) to what the worker relies on. Prints what is wrong and
// exits with the number of failures.

#include <srtp.h>

#include <arpa/inet.h>
#include <cstdio>
#include <string>
#include <vector>

static int failures = 0;

#define CHECK(condition, ...)                                                                                          \
	do                                                                                                                   \
	{                                                                                                                    \
		if (!(condition))                                                                                                  \
		{                                                                                                                  \
			std::printf("line %d: %s: ", __LINE__, #condition);                                                              \
			std::printf(__VA_ARGS__);                                                                                        \
			std::printf("\n");                                                                                               \
			++failures;                                                                                                      \
		}                                                                                                                  \
	} while (false)

using Bytes = std::vector<uint8_t>;

struct Profile
{
	srtp_profile_t id;
	const char* name;
	size_t keyLen;
	size_t saltLen;
	size_t rtpTag;
	// RTCP carries a word with the index besides its tag.
	size_t rtcpTrailer;
};

static const Profile Profiles[] = {
	{ srtp_profile_aes128_cm_sha1_80, "AES_CM_128_HMAC_SHA1_80", 16, 14, 10, 14 },
	// RFC 3711: a short tag for RTP, never for RTCP.
	{ srtp_profile_aes128_cm_sha1_32, "AES_CM_128_HMAC_SHA1_32", 16, 14, 4, 14 },
	{ srtp_profile_aead_aes_128_gcm, "AEAD_AES_128_GCM", 16, 12, 16, 20 },
	{ srtp_profile_aead_aes_256_gcm, "AEAD_AES_256_GCM", 32, 12, 16, 20 },
};

static constexpr uint32_t Ssrc      = 0x01020304;
static constexpr size_t Room        = 2048;
static constexpr uint8_t Untouched  = 0xEE;

static Bytes MasterKey(const Profile& profile)
{
	Bytes key(profile.keyLen + profile.saltLen);
	for (size_t at = 0; at < key.size(); ++at)
	{
		key[at] = static_cast<uint8_t>(at * 7 + 3);
	}
	return key;
}

// Makes a session exactly as upstream's SrtpSession does.
static srtp_t Session(const Profile& profile, srtp_ssrc_type_t direction)
{
	srtp_policy_t policy{ nullptr };
	srtp_t session{ nullptr };
	const Bytes key = MasterKey(profile);

	CHECK(srtp_policy_create(&policy) == srtp_err_status_ok, "%s", profile.name);
	CHECK(srtp_policy_set_ssrc(policy, { direction, 0 }) == srtp_err_status_ok, "%s", profile.name);
	CHECK(srtp_policy_set_profile(policy, profile.id) == srtp_err_status_ok, "%s", profile.name);
	CHECK(srtp_profile_get_master_key_length(profile.id) == profile.keyLen, "%s", profile.name);
	CHECK(srtp_profile_get_master_salt_length(profile.id) == profile.saltLen, "%s", profile.name);
	CHECK(
	  srtp_policy_add_key(
	    policy, key.data(), profile.keyLen, key.data() + profile.keyLen, profile.saltLen, nullptr, 0) ==
	    srtp_err_status_ok,
	  "%s", profile.name);
	CHECK(srtp_policy_set_allow_repeat_tx(policy, true) == srtp_err_status_ok, "%s", profile.name);
	CHECK(srtp_policy_set_window_size(policy, 1024) == srtp_err_status_ok, "%s", profile.name);
	CHECK(srtp_create(&session, policy) == srtp_err_status_ok, "%s", profile.name);
	// Before the first packet: what the session needs must have been copied.
	srtp_policy_destroy(policy);
	return session;
}

static Bytes Rtp(uint16_t sequence, size_t payload = 100, uint32_t ssrc = Ssrc)
{
	Bytes packet{ 0x80, 96, static_cast<uint8_t>(sequence >> 8), static_cast<uint8_t>(sequence), 0, 0, 0, 1 };
	for (const int shift : { 24, 16, 8, 0 })
	{
		packet.push_back(static_cast<uint8_t>(ssrc >> shift));
	}
	for (size_t at = 0; at < payload; ++at)
	{
		packet.push_back(static_cast<uint8_t>(at));
	}
	return packet;
}

static Bytes Rtcp()
{
	// A sender report without blocks.
	Bytes packet{ 0x80, 200, 0, 6, 1, 2, 3, 4 };
	for (uint8_t at = 0; at < 20; ++at)
	{
		packet.push_back(at);
	}
	return packet;
}

using Protect   = srtp_err_status_t (*)(srtp_t, const uint8_t*, size_t, uint8_t*, size_t*, size_t);
using Unprotect = srtp_err_status_t (*)(srtp_t, const uint8_t*, size_t, uint8_t*, size_t*);

struct Kind
{
	const char* name;
	Protect protect;
	Unprotect unprotect;
	// How much of the packet stays readable.
	size_t header;
};

static const Kind Kinds[] = {
	{ "RTP", srtp_protect, srtp_unprotect, 12 },
	{ "RTCP", srtp_protect_rtcp, srtp_unprotect_rtcp, 8 },
};

static Bytes Protected(const Kind& kind, srtp_t session, const Bytes& plain)
{
	Bytes out(Room, Untouched);
	size_t len                     = out.size();
	const srtp_err_status_t status = kind.protect(session, plain.data(), plain.size(), out.data(), &len, 0);
	CHECK(status == srtp_err_status_ok, "%s: %d", kind.name, status);
	CHECK(len >= plain.size() && len <= out.size(), "%s: %zu", kind.name, len);
	for (size_t at = len; at < out.size(); ++at)
	{
		CHECK(out[at] == Untouched || at < plain.size() + kcs::srtp::LongestTrailer, "%s: wrote behind its room", kind.name);
	}
	out.resize(len);
	return out;
}

static void RoundTrips(const Profile& profile, const Kind& kind)
{
	srtp_t sender      = Session(profile, ssrc_any_outbound);
	srtp_t receiver    = Session(profile, ssrc_any_inbound);
	srtp_t other       = Session(profile, ssrc_any_inbound);
	const bool rtcp    = kind.protect == static_cast<Protect>(srtp_protect_rtcp);
	const Bytes plain  = rtcp ? Rtcp() : Rtp(1000);
	const Bytes before = plain;
	const Bytes cipher = Protected(kind, sender, plain);

	CHECK(plain == before, "%s %s: the input was changed", profile.name, kind.name);
	CHECK(
	  cipher.size() == plain.size() + (rtcp ? profile.rtcpTrailer : profile.rtpTag), "%s %s: %zu bytes more",
	  profile.name, kind.name, cipher.size() - plain.size());
	CHECK(
	  Bytes(cipher.begin(), cipher.begin() + kind.header) == Bytes(plain.begin(), plain.begin() + kind.header),
	  "%s %s: the header is readable", profile.name, kind.name);
	CHECK(
	  !std::equal(plain.begin() + kind.header, plain.end(), cipher.begin() + kind.header), "%s %s: not encrypted",
	  profile.name, kind.name);

	// Tampered with anywhere behind the header: refused, and the untampered packet is still welcome afterwards.
	for (size_t at = kind.header; at < cipher.size(); at += 5)
	{
		Bytes tampered = cipher;
		tampered[at] ^= 1;
		size_t len                     = tampered.size();
		const srtp_err_status_t status = kind.unprotect(receiver, tampered.data(), tampered.size(), tampered.data(), &len);
		CHECK(status != srtp_err_status_ok, "%s %s: byte %zu was changed and nobody minded", profile.name, kind.name, at);
	}

	// In place, as the worker does it.
	Bytes inPlace = cipher;
	size_t len    = inPlace.size();
	CHECK(
	  kind.unprotect(receiver, inPlace.data(), inPlace.size(), inPlace.data(), &len) == srtp_err_status_ok, "%s %s",
	  profile.name, kind.name);
	inPlace.resize(len);
	CHECK(inPlace == plain, "%s %s: in place", profile.name, kind.name);

	// The same packet again is a replay.
	Bytes again                    = cipher;
	len                            = again.size();
	const srtp_err_status_t replay = kind.unprotect(receiver, again.data(), again.size(), again.data(), &len);
	CHECK(replay == srtp_err_status_replay_fail, "%s %s: replay: %d", profile.name, kind.name, replay);

	// Into another buffer, in a fresh session.
	Bytes separate(Room, Untouched);
	len = separate.size();
	CHECK(
	  kind.unprotect(other, cipher.data(), cipher.size(), separate.data(), &len) == srtp_err_status_ok, "%s %s",
	  profile.name, kind.name);
	separate.resize(len);
	CHECK(separate == plain, "%s %s: separate buffers", profile.name, kind.name);

	srtp_dealloc(sender);
	srtp_dealloc(receiver);
	srtp_dealloc(other);
}

// Upstream sends RTP again without RTX: the same packet twice, and the same bytes come out.
static void ProtectsThePacketAgain(const Profile& profile)
{
	srtp_t sender     = Session(profile, ssrc_any_outbound);
	const Bytes first = Protected(Kinds[0], sender, Rtp(7));
	CHECK(first == Protected(Kinds[0], sender, Rtp(7)), "%s: a repeated packet differs", profile.name);
	srtp_dealloc(sender);
}

// A window of 1024: a packet 1023 behind is still taken, one 1024 behind is not.
static void KeepsAWindowOf1024(const Profile& profile)
{
	srtp_t sender   = Session(profile, ssrc_any_outbound);
	srtp_t receiver = Session(profile, ssrc_any_inbound);
	Bytes late      = Protected(Kinds[0], sender, Rtp(2001));
	Bytes tooLate   = Protected(Kinds[0], sender, Rtp(2000));
	Bytes newest    = Protected(Kinds[0], sender, Rtp(2000 + 1024));
	size_t len      = newest.size();
	CHECK(
	  srtp_unprotect(receiver, newest.data(), newest.size(), newest.data(), &len) == srtp_err_status_ok, "%s", profile.name);
	len = late.size();
	CHECK(srtp_unprotect(receiver, late.data(), late.size(), late.data(), &len) == srtp_err_status_ok, "%s", profile.name);
	len = tooLate.size();
	const srtp_err_status_t status = srtp_unprotect(receiver, tooLate.data(), tooLate.size(), tooLate.data(), &len);
	CHECK(status == srtp_err_status_replay_old, "%s: %d", profile.name, status);
	srtp_dealloc(sender);
	srtp_dealloc(receiver);
}

// Upstream gives the SSRC in network byte order.
static void RemovesStreams(const Profile& profile)
{
	srtp_t sender = Session(profile, ssrc_any_outbound);
	Protected(Kinds[0], sender, Rtp(1));
	Protected(Kinds[0], sender, Rtp(1, 100, Ssrc + 1));
	CHECK(srtp_stream_remove(sender, htonl(Ssrc)) == srtp_err_status_ok, "%s", profile.name);
	CHECK(srtp_stream_remove(sender, htonl(Ssrc)) == srtp_err_status_no_ctx, "%s: removed twice", profile.name);
	CHECK(srtp_stream_remove(sender, htonl(Ssrc + 1)) == srtp_err_status_ok, "%s: the other one", profile.name);
	srtp_dealloc(sender);
}

static void RefusesWhatDoesNotFit(const Profile& profile, const Kind& kind)
{
	srtp_t sender     = Session(profile, ssrc_any_outbound);
	srtp_t receiver   = Session(profile, ssrc_any_inbound);
	const Bytes plain = kind.header == 8 ? Rtcp() : Rtp(1);
	Bytes out(plain.size() + kcs::srtp::LongestTrailer + 1, Untouched);
	size_t len = plain.size() + kcs::srtp::LongestTrailer - 1;

	CHECK(
	  kind.protect(sender, plain.data(), plain.size(), out.data(), &len, 0) == srtp_err_status_buffer_small, "%s", kind.name);
	CHECK(out == Bytes(out.size(), Untouched), "%s: wrote into a buffer that is too small", kind.name);
	len = plain.size() + kcs::srtp::LongestTrailer;
	CHECK(kind.protect(sender, plain.data(), plain.size(), out.data(), &len, 0) == srtp_err_status_ok, "%s", kind.name);
	CHECK(out.back() == Untouched, "%s: wrote behind its room", kind.name);

	Bytes small(len - 1);
	size_t room = small.size();
	CHECK(kind.unprotect(receiver, out.data(), len, small.data(), &room) == srtp_err_status_buffer_small, "%s", kind.name);
	CHECK(kind.protect(sender, plain.data(), plain.size(), out.data(), &len, 1) == srtp_err_status_bad_mki, "%s", kind.name);
	CHECK(kind.protect(sender, nullptr, 10, out.data(), &len, 0) == srtp_err_status_bad_param, "%s", kind.name);
	CHECK(
	  kind.protect(sender, plain.data(), size_t{ 1 } << 32, out.data(), &len, 0) == srtp_err_status_bad_param,
	  "%s: longer than an int", kind.name);

	// Runts and noise end in an error, not in a crash.
	for (size_t runt = 0; runt < 40; ++runt)
	{
		Bytes noise(runt + 1, 0x80);
		room = runt;
		CHECK(
		  kind.unprotect(receiver, noise.data(), runt, noise.data(), &room) != srtp_err_status_ok, "%s: %zu bytes of noise",
		  kind.name, runt);
	}
	srtp_dealloc(sender);
	srtp_dealloc(receiver);
}

static void RefusesWrongKeys(const Profile& profile)
{
	srtp_policy_t policy{ nullptr };
	srtp_t session{ nullptr };
	const Bytes key     = MasterKey(profile);
	const uint8_t* salt = key.data() + profile.keyLen;
	srtp_policy_create(&policy);
	CHECK(
	  srtp_policy_add_key(policy, key.data(), profile.keyLen, salt, profile.saltLen, nullptr, 0) ==
	    srtp_err_status_bad_param,
	  "%s: a key before the profile", profile.name);
	srtp_policy_set_profile(policy, profile.id);
	CHECK(srtp_create(&session, policy) == srtp_err_status_bad_param, "%s: no key", profile.name);
	CHECK(
	  srtp_policy_add_key(policy, key.data(), profile.keyLen - 1, salt, profile.saltLen, nullptr, 0) ==
	    srtp_err_status_bad_param,
	  "%s: a short key", profile.name);
	CHECK(
	  srtp_policy_add_key(policy, key.data(), profile.keyLen, salt, profile.saltLen, key.data(), 1) ==
	    srtp_err_status_bad_param,
	  "%s: a key identifier", profile.name);
	srtp_policy_destroy(policy);
}

// Packets whose ciphertext is known from elsewhere (libsrtp's own reference packets), so that the same mistake on both
// sides cannot hide: a key and a salt joined the wrong way round would still round-trip.
static void MatchesReferencePackets()
{
	struct Reference
	{
		srtp_profile_t profile;
		Bytes key;
		Bytes salt;
		Bytes expected;
	};
	const Reference references[] = {
		{ srtp_profile_aes128_cm_sha1_80,
		  { 0xE1, 0xF9, 0x7A, 0x0D, 0x3E, 0x01, 0x8B, 0xE0, 0xD6, 0x4F, 0xA3, 0x2C, 0x06, 0xDE, 0x41, 0x39 },
		  { 0x0E, 0xC6, 0x75, 0xAD, 0x49, 0x8A, 0xFE, 0xEB, 0xB6, 0x96, 0x0B, 0x3A, 0xAB, 0xE6 },
		  { 0x4e, 0x55, 0xdc, 0x4c, 0xe7, 0x99, 0x78, 0xd8, 0x8c, 0xa4, 0xd2, 0x15, 0x94,
		    0x9d, 0x24, 0x02, 0xb7, 0x8d, 0x6a, 0xcc, 0x99, 0xea, 0x17, 0x9b, 0x8d, 0xbb } },
		{ srtp_profile_aead_aes_128_gcm,
		  { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f },
		  { 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab },
		  { 0xc5, 0x00, 0x2e, 0xde, 0x04, 0xcf, 0xdd, 0x2e, 0xb9, 0x11, 0x59, 0xe0, 0x88, 0x0a, 0xa0, 0x6e,
		    0xd2, 0x97, 0x68, 0x26, 0xf7, 0x96, 0xb2, 0x01, 0xdf, 0x31, 0x31, 0xa1, 0x27, 0xe8, 0xa3, 0x92 } },
	};
	const Bytes header{ 0x80, 0x0f, 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe };

	for (const Reference& reference : references)
	{
		Bytes plain = header;
		plain.insert(plain.end(), 16, 0xab);
		Bytes expected = header;
		expected.insert(expected.end(), reference.expected.begin(), reference.expected.end());
		srtp_policy_t policy{ nullptr };
		srtp_t session{ nullptr };
		srtp_policy_create(&policy);
		srtp_policy_set_ssrc(policy, { ssrc_any_outbound, 0 });
		srtp_policy_set_profile(policy, reference.profile);
		srtp_policy_add_key(
		  policy, reference.key.data(), reference.key.size(), reference.salt.data(), reference.salt.size(), nullptr, 0);
		CHECK(srtp_create(&session, policy) == srtp_err_status_ok, "profile %d", reference.profile);
		srtp_policy_destroy(policy);
		CHECK(
		  Protected(Kinds[0], session, plain) == expected, "profile %d: the reference packet came out differently",
		  reference.profile);
		srtp_dealloc(session);
	}
}

int main()
{
	CHECK(srtp_init() == srtp_err_status_ok, "srtp_init");
	for (const Profile& profile : Profiles)
	{
		for (const Kind& kind : Kinds)
		{
			RoundTrips(profile, kind);
			RefusesWhatDoesNotFit(profile, kind);
		}
		ProtectsThePacketAgain(profile);
		KeepsAWindowOf1024(profile);
		RemovesStreams(profile);
		RefusesWrongKeys(profile);
	}
	MatchesReferencePackets();
	srtp_shutdown();
	std::printf("%d failures\n", failures);
	return failures == 0 ? 0 : 1;
}
