// SPDX-License-Identifier: BSD-2-Clause
/* Has the console of the firmware print memory that is not the cell's, and read into it. */
#include "port.h"
#include "probe.h"

#define WRITE 0
#define READ 1

static s64 dbcn(u64 function, u64 count, u64 low, u64 high)
{
	return sbi_call(SBI_EXT_DBCN, function, count, low, high, 0, 0).error;
}

int main(void)
{
	static const char own[] = "own text\n";
	u64 end = comm->memory_gpa + comm->memory_size;
	u64 target, odd = 0;

	probe_start("console-foreign");
	target = probe_target(end + 0x1000000, MAP_NORMAL);
	probe_control(dbcn(WRITE, sizeof(own) - 1, (u64)(uintptr_t)own, 0) == SBI_OK);
	probe_attack(target);
	odd += dbcn(WRITE, 64, target, 0) >= 0;
	odd += dbcn(WRITE, 64, end - 32, 0) >= 0;            /* leaves the cell's memory half-way */
	odd += dbcn(WRITE, 64, (u64)(uintptr_t)own, 1) >= 0; /* the high half of the address is for 32-bit guests */
	odd += dbcn(WRITE, 64, ~0ull - 32, 0) >= 0;
	odd += dbcn(READ, 64, target, 0) > 0;
	odd += attack_firmware(SBI_EXT_DBCN, WRITE, 64, target).error >= 0;
	probe_survived(odd);
	return 0;
}
