// Holds the recipe's openssl/bio.h to its promise: with a callback that answers as upstream's does, a BIO still gives its
// own answers. Then two ends shake hands over DTLS, written as upstream writes it, where an unwrapped callback crashes.

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <vector>

using Datagram = std::vector<uint8_t>;

struct End
{
	SSL* ssl{ nullptr };
	BIO* in{ nullptr };
	BIO* out{ nullptr };
	std::deque<Datagram> sent;
};

// The answers of upstream's callback: its argument's result for BIO_CB_RETURN alone, else 1.
static long OnOut(BIO* bio, int operation, const char* data, size_t len, int, long, int result, size_t*)
{
	if (operation == BIO_CB_WRITE && data != nullptr && len > 0)
	{
		auto* end = reinterpret_cast<End*>(BIO_get_callback_arg(bio));
		end->sent.emplace_back(data, data + len);
		(void)BIO_reset(bio);
	}

	return operation == BIO_CB_RETURN ? static_cast<long>(result) : 1;
}

static int failures = 0;

#define CHECK(condition)                                                                                               \
	do                                                                                                                   \
	{                                                                                                                    \
		if (!(condition))                                                                                                  \
		{                                                                                                                  \
			std::printf("line %d: %s\n", __LINE__, #condition);                                                              \
			ERR_print_errors_fp(stdout);                                                                                     \
			++failures;                                                                                                      \
		}                                                                                                                  \
	} while (false)

static void BioGivesItsOwnAnswers()
{
	End end;
	BIO* plain   = BIO_new(BIO_s_mem());
	BIO* wrapped = BIO_new(BIO_s_mem());
	BIO_set_callback_ex(wrapped, OnOut);
	BIO_set_callback_arg(wrapped, reinterpret_cast<char*>(&end));
	// What made OpenSSL believe that the kernel encrypts.
	CHECK(BIO_get_ktls_send(wrapped) == 0);
	CHECK(BIO_get_ktls_recv(wrapped) == 0);
	CHECK(BIO_write(wrapped, "hello", 5) == BIO_write(plain, "hello", 5));
	CHECK(end.sent.size() == 1 && end.sent.front().size() == 5);
	CHECK(BIO_pending(wrapped) == BIO_pending(plain));
	CHECK(BIO_wpending(wrapped) == BIO_wpending(plain));
	CHECK(BIO_reset(wrapped) == 1);
	CHECK(BIO_pending(wrapped) == 0);
	char buffer[8];
	CHECK(BIO_read(wrapped, buffer, sizeof(buffer)) == -1);
	BIO_free(plain);
	BIO_free(wrapped);
}

static SSL_CTX* Context()
{
	EVP_PKEY* key = EVP_EC_gen("P-256");
	X509* own     = X509_new();
	X509_gmtime_adj(X509_getm_notBefore(own), 0);
	X509_gmtime_adj(X509_getm_notAfter(own), 3600);
	X509_set_pubkey(own, key);
	X509_sign(own, key, EVP_sha256());
	SSL_CTX* context = SSL_CTX_new(DTLS_method());
	CHECK(SSL_CTX_use_certificate(context, own) == 1);
	CHECK(SSL_CTX_use_PrivateKey(context, key) == 1);
	SSL_CTX_set_verify(
	  context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, [](int, X509_STORE_CTX*) { return 1; });
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU);
	CHECK(SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80") == 0);
	X509_free(own);
	EVP_PKEY_free(key);
	return context;
}

static void Attach(End& end, SSL_CTX* context)
{
	end.ssl = SSL_new(context);
	end.in  = BIO_new(BIO_s_mem());
	end.out = BIO_new(BIO_s_mem());
	BIO_set_callback_ex(end.out, OnOut);
	BIO_set_callback_arg(end.out, reinterpret_cast<char*>(&end));
	SSL_set_bio(end.ssl, end.in, end.out);
	SSL_set_mtu(end.ssl, 1350);
	DTLS_set_link_mtu(end.ssl, 1350);
}

static void Carry(End& from, End& to)
{
	while (!from.sent.empty())
	{
		const Datagram datagram = from.sent.front();
		from.sent.pop_front();
		CHECK(datagram.size() <= 1350);
		BIO_write(to.in, datagram.data(), static_cast<int>(datagram.size()));
		char nothing[64];
		SSL_read(to.ssl, nothing, sizeof(nothing));
		ERR_clear_error();
	}
}

static void ShakesHands()
{
	SSL_CTX* context = Context();
	End client, server;
	Attach(client, context);
	Attach(server, context);
	SSL_set_accept_state(server.ssl);
	SSL_set_connect_state(client.ssl);
	SSL_do_handshake(client.ssl);
	for (int turn = 0; turn < 20 && !(SSL_is_init_finished(client.ssl) && SSL_is_init_finished(server.ssl)); ++turn)
	{
		Carry(client, server);
		Carry(server, client);
	}
	CHECK(SSL_is_init_finished(client.ssl));
	CHECK(SSL_is_init_finished(server.ssl));
	unsigned char ours[60]{}, theirs[60]{};
	const char label[] = "EXTRACTOR-dtls_srtp";
	CHECK(SSL_export_keying_material(client.ssl, ours, sizeof(ours), label, strlen(label), nullptr, 0, 0) == 1);
	CHECK(SSL_export_keying_material(server.ssl, theirs, sizeof(theirs), label, strlen(label), nullptr, 0, 0) == 1);
	CHECK(std::memcmp(ours, theirs, sizeof(ours)) == 0);
	SSL_free(client.ssl);
	SSL_free(server.ssl);
	SSL_CTX_free(context);
}

int main()
{
	BioGivesItsOwnAnswers();
	ShakesHands();
	return failures == 0 ? 0 : 1;
}
