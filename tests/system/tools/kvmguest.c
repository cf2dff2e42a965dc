// SPDX-License-Identifier: GPL-2.0-only
/*
 * kvmguest [SECONDS]: the smallest KVM guest adds two numbers and stores the sum to a device address. "kvm: 42" means the root's KVM
 * works. The virtual machine stays for SECONDS.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUEST_RAM 0x80000000ull
#define GUEST_DEVICE 0x10000000ull

#ifdef __aarch64__
#define REG_PC (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(regs.pc))

static const uint32_t code[] = {
	0xd2800300, /* mov x0, #24 */
	0x91004800, /* add x0, x0, #18 */
	0xd2a20001, /* mov x1, #0x10000000 */
	0xb9000020, /* str w0, [x1] */
	0x14000000, /* b . */
};

static int vcpu_init(int vm, int vcpu)
{
	struct kvm_vcpu_init init;

	return ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init) != 0 || ioctl(vcpu, KVM_ARM_VCPU_INIT, &init) != 0;
}
#elif defined(__x86_64__)
static const uint8_t code[] = {
	0xb0, 24,         /* mov $24, %al */
	0x04, 18,         /* add $18, %al */
	0xa2, 0x00, 0x00, /* mov %al, 0 */
	0xeb, 0xfe,       /* jmp . */
};

/* Real mode, with segments where nothing real could have them. */
static int vcpu_init(int vm, int vcpu)
{
	struct kvm_sregs s;

	if (ioctl(vcpu, KVM_GET_SREGS, &s) != 0)
		return 1;
	s.cs.base = GUEST_RAM;
	s.cs.selector = 0;
	s.ds.base = GUEST_DEVICE;
	return ioctl(vcpu, KVM_SET_SREGS, &s) != 0;
}

static int vcpu_start(int vcpu)
{
	struct kvm_regs regs = { .rflags = 2 };

	return ioctl(vcpu, KVM_SET_REGS, &regs);
}
#else
#define REG_PC (KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_CORE | KVM_REG_RISCV_CORE_REG(regs.pc))

static const uint32_t code[] = {
	0x01800513, /* li a0, 24 */
	0x01250513, /* addi a0, a0, 18 */
	0x100005b7, /* lui a1, 0x10000 */
	0x00a5a023, /* sw a0, 0(a1) */
	0x0000006f, /* j . */
};

static int vcpu_init(int vm, int vcpu)
{
	return 0;
}
#endif

#ifdef REG_PC
static int vcpu_start(int vcpu)
{
	uint64_t pc = GUEST_RAM;
	struct kvm_one_reg reg = { .id = REG_PC, .addr = (uintptr_t)&pc };

	return ioctl(vcpu, KVM_SET_ONE_REG, &reg);
}
#endif

static int fail(const char *what)
{
	printf("kvm: %s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	int kvm = open("/dev/kvm", O_RDWR), vm, vcpu;
	struct kvm_run *run;
	void *ram = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region region = { .guest_phys_addr = GUEST_RAM, .memory_size = 4096, .userspace_addr = (uintptr_t)ram };

	if (kvm < 0)
		return fail("/dev/kvm");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		return fail("KVM_CREATE_VM");
	memcpy(ram, code, sizeof(code));
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) != 0)
		return fail("KVM_SET_USER_MEMORY_REGION");
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0 || vcpu_init(vm, vcpu) != 0)
		return fail("KVM_CREATE_VCPU");
	run = mmap(NULL, (size_t)ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED || vcpu_start(vcpu) != 0)
		return fail("KVM_SET_REGS");
	alarm(20);
	if (ioctl(vcpu, KVM_RUN, 0) != 0)
		return fail("KVM_RUN");
	if (run->exit_reason != KVM_EXIT_MMIO || run->mmio.phys_addr != GUEST_DEVICE) {
		printf("kvm: exit reason %u\n", run->exit_reason);
		return 1;
	}
	printf("kvm: %u\n", run->mmio.data[0]);
	fflush(stdout);
	alarm(0);
	if (argc > 1)
		sleep((unsigned int)atoi(argv[1])); /* the virtual machine exists meanwhile */
	return run->mmio.data[0] != 42;
}
