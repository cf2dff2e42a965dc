// SPDX-License-Identifier: BSD-2-Clause
/* The guest's half of requests through the comm page, see abi/comm.h. */
#include "inmate.h"

static u32 request, seen;

static void answer(u32 what)
{
	__atomic_store_n(&comm->answer, COMM_NUMBER(request) << 8 | what, __ATOMIC_RELEASE);
}

bool shutdown_asked(void)
{
	request = __atomic_load_n(&comm->request, __ATOMIC_ACQUIRE); /* the hypervisor's store */
	if (request == seen || COMM_WHAT(request) != COMM_SHUTDOWN)
		return false;
	seen = request;
	answer(COMM_SEEN);
	return true;
}

void shutdown_refuse(void)
{
	answer(COMM_REFUSED);
}

void mark(const char *name)
{
	print("mark: %s\n", name);
	while (!shutdown_asked())
		;
	shutdown_refuse();
}
