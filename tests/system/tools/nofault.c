// SPDX-License-Identifier: GPL-2.0-only
/*
 * nofault ADDRESS: has the kernel read its own memory there by copy_from_kernel_nofault(), through a BPF program. Prints the
 * first 31 bits, or "(fault)".
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

int main(int argc, char **argv)
{
	uint64_t address = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 1, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 4 },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 3, .imm = (int32_t)address },
		{ .imm = (int32_t)(address >> 32) },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 0, .imm = 0, .off = 2 },
		{ .code = BPF_LDX | BPF_W | BPF_MEM, .dst_reg = 0, .src_reg = 10, .off = -8 },
		{ .code = BPF_ALU64 | BPF_AND | BPF_K, .dst_reg = 0, .imm = 0x7fffffff },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load, run;
	uint64_t context = 0;
	int program;

	memset(&load, 0, sizeof(load));
	load.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	load.insns = (uintptr_t)code;
	load.insn_cnt = sizeof(code) / sizeof(code[0]);
	load.license = (uintptr_t) "GPL";
	program = bpf(BPF_PROG_LOAD, &load);
	memset(&run, 0, sizeof(run));
	run.test.prog_fd = (uint32_t)program;
	run.test.ctx_in = (uintptr_t)&context;
	run.test.ctx_size_in = sizeof(context);
	if (program < 0 || bpf(BPF_PROG_TEST_RUN, &run) != 0) {
		printf("error: %s: %s\n", program < 0 ? "load" : "run", strerror(errno));
		return 1;
	}
	if ((int)run.test.retval == -EFAULT)
		printf("(fault)\n");
	else
		printf("0x%x\n", run.test.retval);
	return 0;
}
