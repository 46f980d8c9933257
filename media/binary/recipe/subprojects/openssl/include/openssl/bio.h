// Lets upstream's BIO callback live with an OpenSSL that was built with kernel TLS, as every distribution's is.
//
// OpenSSL calls a BIO callback before and after each operation. The call afterwards carries BIO_CB_RETURN among the
// bits of `operation`, and what the callback answers then REPLACES the operation's own result. The worker's callback
// (DtlsTransport.cpp) hands the result through only if `operation` is BIO_CB_RETURN alone, which it never is, and
// answers 1 otherwise. So every question to the BIO reads as "1": among them BIO_get_ktls_send(), whereupon OpenSSL
// trusts the kernel to encrypt, allocates no write buffer, and the first DTLS handshake ends in a SIGSEGV.
//
// The wrapper runs the given callback unchanged and then returns the operation's own result where there is one.
#pragma once

#include_next <openssl/bio.h>

#ifdef __cplusplus

namespace kcs
{
	template<BIO_callback_fn_ex Callback>
	long BioCallbackKeepingResults(
	  BIO* bio, int operation, const char* argp, size_t len, int argi, long argl, int result, size_t* processed)
	{
		const long answer = Callback(bio, operation, argp, len, argi, argl, result, processed);

		return (operation & BIO_CB_RETURN) != 0 ? static_cast<long>(result) : answer;
	}
} // namespace kcs

// The callback must be a function known when compiling, as upstream's is: that makes the wrapper free of state.
#define BIO_set_callback_ex(bio, callback) (BIO_set_callback_ex)((bio), kcs::BioCallbackKeepingResults<(callback)>)

#endif
