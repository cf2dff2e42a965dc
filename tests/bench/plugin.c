// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU TCG plugin: counts, per vCPU and from outside, the entries into the hypervisor and the instructions it executes.
 *
 *   -plugin libbulkhead-plugin.so,elf=bulkhead-ARCH.elf[,out=FILE][,profile=FILE][,vectors=SYMBOL][,aside=F+G...][,above=N]
 *
 * aside names functions whose work, with all they call, is counted apart: what depends on sizes, as scrubbing does.
 * above appends "# stretch<tab>VCPU<tab>INSTRUCTIONS<tab>PERCENT<tab>CHAIN OF CALLS" to out for each stretch longer than N and than all
 * before it, at once: who is killed has said it.
 *
 * It needs no help of the guest to find the hypervisor, which may be anywhere in RAM, more than once (enable, disable,
 * enable), at any virtual address: the code of a block about to be translated is compared with the ELF file, by physical
 * page, and the image's magic must stand where that match puts the image's start. Instructions are counted one by one, so
 * blocks cut by -icount or by device accesses cannot be counted twice or in part.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "image.h"
#include "mark.h"
#include "qemu-plugin-abi.h"
#include "stretch.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/* What an instruction does besides being counted; travels with its offset and length as the callback's argument. */
enum { DO_VECTOR = 1, DO_RETURN = 2, DO_PARK = 4, DO_SPIN = 8, DO_CALL = 16, DO_ASIDE = 32, DO_OWN = 64, DO_LENGTH = 7, DO_BITS = 11 };

#define END_LABEL 65535 /* of what follows the last mark */
#define CALLS_MAX 64
#define ASIDE_MAX 8

/* Written by its own vCPU's thread only; marks of other vCPUs read it, so words are read and written whole. */
struct vcpu {
	struct mark_vcpu count;
	uint64_t entry_work;  /* count.insns + count.aside when the stretch began */
	bool inside;          /* between vector entry and return, not parked */
	bool woken;           /* parked, and not returned since */
	uint64_t outside;     /* instructions while it is not: the way in and out, and parked */
	uint32_t self;        /* exceptions of the hypervisor itself not returned from */
	uint32_t calls;       /* return addresses of calls not returned from, since entry or return */
	uint32_t aside_calls; /* calls is not below this while a function counted aside runs; 0: none does */
	uint64_t back[CALLS_MAX];
	struct stretch stretch;
} __attribute__((aligned(64)));

static struct vcpu vcpus[MARK_MAX_VCPUS];
static void *cpu_states[MARK_MAX_VCPUS];
static int vcpu_count;
static const struct isa *isa;
static struct image image;
static uint64_t *profile; /* executions of each instruction of the image */
static FILE *profile_out;
static FILE *out;
static uint64_t sequence;
static uint64_t aside[ASIDE_MAX]; /* offsets of functions counted aside */
static uint32_t aside_count;
static uint64_t above; /* stretches longer than this are told, and each that is makes it more; 0: none */

static struct vcpu *vcpu_this(unsigned int translated_by)
{
	int i;

	for (i = 0; i < vcpu_count; i++) {
		if (!cpu_states[i])
			cpu_states[i] = qemu_get_cpu(i);
		if (cpu_states[i] == current_cpu)
			return &vcpus[i];
	}
	return &vcpus[translated_by % MARK_MAX_VCPUS];
}

static inline void word_add(uint64_t *word, uint64_t n)
{
	__atomic_store_n(word, *word + n, __ATOMIC_RELAXED);
}

static void stretch_tell(const struct vcpu *v, uint64_t length)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	if (out && length > above) {
		fprintf(out, "# stretch\t%d\t%" PRIu64 "\t", (int)(v - vcpus), length);
		stretch_print(&v->stretch, &image, out);
		fprintf(out, "\n");
		fflush(out);
		__atomic_store_n(&above, length, __ATOMIC_RELAXED);
	}
	pthread_mutex_unlock(&lock);
}

static void stretch_start(struct vcpu *v)
{
	v->entry_work = v->count.insns + v->count.aside;
	if (above)
		stretch_begin(&v->stretch);
}

static void stretch_end(struct vcpu *v)
{
	struct mark_vcpu *c = &v->count;
	uint64_t length = c->insns + c->aside - v->entry_work;

	if (length > c->longest)
		__atomic_store_n(&c->longest, length, __ATOMIC_RELAXED);
	if (length > c->recent)
		__atomic_store_n(&c->recent, length, __ATOMIC_RELAXED);
	if (above && length > __atomic_load_n(&above, __ATOMIC_RELAXED))
		stretch_tell(v, length);
}

static void vcpu_enter(struct vcpu *v, uint64_t offset)
{
	struct mark_vcpu *c = &v->count;
	uint64_t slot = (offset - image.vectors) / isa->vector_size;
	uint64_t *kind[4] = { &c->sync, &c->irq, &c->fiq, &c->serror };

	v->calls = 0;
	v->aside_calls = 0;
	if (isa->vectors_own ? slot < isa->vectors_own : v->inside) {
		word_add(&c->self, 1);
		v->self++;
		return;
	}
	word_add(kind[slot % 4], 1);
	word_add(&c->exits, 1);
	stretch_start(v);
	v->inside = true;
	v->woken = false;
	v->self = 0;
}

static void vcpu_leave(struct vcpu *v)
{
	v->calls = 0;
	v->aside_calls = 0;
	if (v->self) {
		v->self--;
		return;
	}
	if (v->inside || v->woken)
		stretch_end(v);
	v->inside = false;
	v->woken = false;
}

/* Waits with nothing to do: one stretch ends here, another begins when it wakes. */
static void vcpu_park(struct vcpu *v)
{
	if (v->inside || v->woken)
		stretch_end(v);
	v->inside = false;
	v->woken = true;
	stretch_start(v);
}

/* Follows calls and returns, to know what runs on behalf of a function counted aside. */
static void vcpu_follow(struct vcpu *v, uint64_t what, uint64_t offset)
{
	if (v->calls && v->back[v->calls - 1] == offset)
		v->calls--;
	if (v->calls < v->aside_calls)
		v->aside_calls = 0;
	if (what & DO_ASIDE && !v->aside_calls)
		v->aside_calls = v->calls;
	if (what & DO_CALL && v->calls < CALLS_MAX)
		v->back[v->calls++] = offset + (what >> DO_LENGTH & 15);
}

/* In a loop that waits, or called from one. */
static bool vcpu_waits(const struct vcpu *v, uint64_t what)
{
	return what & DO_SPIN || (v->calls && image_waits(&image, v->back[v->calls - 1]));
}

static void on_insn(unsigned int index, void *argument)
{
	struct vcpu *v = vcpu_this(index);
	uint64_t what = (uint64_t)argument;
	uint64_t offset = what >> DO_BITS;
	bool waits;

	if (what & DO_VECTOR)
		vcpu_enter(v, offset);
	if (what & DO_OWN)
		word_add(&v->count.self, 1);
	vcpu_follow(v, what, offset);
	waits = vcpu_waits(v, what);
	word_add(v->aside_calls ? &v->count.aside : waits ? &v->count.spin : &v->count.insns, 1);
	if (!v->inside)
		word_add(&v->outside, 1);
	if (profile)
		__atomic_fetch_add(&profile[offset / isa->unit], 1, __ATOMIC_RELAXED);
	if (above && !waits && (v->inside || v->woken))
		stretch_step(&v->stretch, offset, v->back, v->calls);
	if (what & DO_PARK)
		vcpu_park(v);
	if (what & DO_RETURN)
		vcpu_leave(v);
}

/* --- marks --- */

static void mark_print(unsigned int label, int by)
{
	int i;

	if (!out)
		return;
	for (i = 0; i < vcpu_count; i++) {
		const struct mark_vcpu *c = &vcpus[i].count;

		fprintf(out, "%" PRIu64 "\t%u\t%d\t%d", sequence, label, by, i);
		fprintf(out, "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64, c->exits, c->sync, c->irq,
			c->fiq, c->serror, c->self);
		fprintf(out, "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", c->insns, c->spin,
			c->aside, c->longest, c->recent, vcpus[i].outside);
	}
	fflush(out);
}

static void mark_reply(struct mark_reply *reply, int by)
{
	int i;

	for (i = 0; i < vcpu_count; i++)
		reply->cpu[i] = vcpus[i].count;
	reply->vcpu = (uint32_t)by;
	reply->vcpu_count = (uint32_t)vcpu_count;
	reply->sequence = sequence;
	reply->magic = MARK_MAGIC;
}

static void mark(unsigned int index, unsigned int label, struct mark_reply *reply)
{
	int by = (int)(vcpu_this(index) - vcpus);
	int i;

	__atomic_add_fetch(&sequence, 1, __ATOMIC_RELAXED);
	mark_print(label, by);
	if (profile)
		image_profile(&image, profile, profile_out, label);
	if (reply)
		mark_reply(reply, by);
	for (i = 0; i < vcpu_count; i++)
		__atomic_store_n(&vcpus[i].count.recent, 0, __ATOMIC_RELAXED);
}

static void on_mark(unsigned int index, void *argument)
{
	mark(index, (unsigned int)(uintptr_t)argument, NULL);
}

static unsigned int mark_label(uint64_t opcode)
{
	return (unsigned int)((opcode & ~isa->mark_mask) >> isa->mark_shift);
}

/* The argument is where the instruction stands in QEMU's memory: a block belongs to its physical page for good. */
static void on_mark_reply(unsigned int index, void *argument)
{
	uint64_t opcode = 0;

	memcpy(&opcode, argument, isa->unit == 1 ? isa->length(argument) : 4);
	mark(index, mark_label(opcode), (struct mark_reply *)(((uintptr_t)argument & ~(uintptr_t)(MARK_PAGE - 1)) + MARK_REPLY_OFFSET));
}

/* --- translation --- */

static uint64_t insn_opcode(const struct qemu_plugin_insn *insn)
{
	uint64_t opcode = 0;

	qemu_plugin_insn_data(insn, &opcode, sizeof(opcode));
	return opcode;
}

/* True if an image starts at this host address: guest RAM, but maybe not all of it is there to be read. */
static bool magic_at(uintptr_t address)
{
	uint64_t magic = 0;
	struct iovec to = { &magic, sizeof(magic) };
	struct iovec from = { (void *)address, sizeof(magic) };

	return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == sizeof(magic) && magic == image.magic;
}

/* The offset in the image of the code at this host address, or -1 if it is none of the hypervisor's. */
static int64_t hypervisor_offset(uintptr_t address, uint64_t opcode, uint64_t length)
{
	static uintptr_t base;
	uint64_t offset;

	if (base && address - base < image.size) {
		if (image_holds(&image, address - base, opcode, length) && magic_at(base))
			return (int64_t)(address - base);
	}
	for (offset = address % MARK_PAGE; offset < image.size; offset += MARK_PAGE) {
		if (!image_holds(&image, offset, opcode, length) || !magic_at(address - offset))
			continue;
		base = address - offset;
		return (int64_t)offset;
	}
	return -1;
}

static void instrument_hypervisor(struct qemu_plugin_insn *insn, uint64_t offset, uint64_t opcode)
{
	uint64_t what = (image_waits(&image, offset) ? DO_SPIN : 0) | qemu_plugin_insn_size(insn) << DO_LENGTH;
	uint32_t does = isa_does(isa, opcode);
	uint32_t i;

	if (offset - image.vectors < isa->vector_count * isa->vector_size && (offset - image.vectors) % isa->vector_size == 0)
		what |= DO_VECTOR;
	if (does & IS_RETURN)
		what |= DO_RETURN;
	if (does & IS_PARK)
		what |= DO_PARK;
	if (does & IS_CALL)
		what |= DO_CALL;
	if (isa->own && offset - image.own < image.own_end - image.own && (offset - image.own) % isa->own_size == 0)
		what |= DO_OWN;
	for (i = 0; i < aside_count; i++) {
		if (aside[i] == offset)
			what |= DO_ASIDE;
	}
	qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn, QEMU_PLUGIN_CB_NO_REGS, (void *)(offset << DO_BITS | what));
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);
	int64_t offset = -1;
	size_t i;

	(void)id;
	for (i = 0; i < count; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		void *host = qemu_plugin_insn_haddr(insn);
		uint64_t opcode = insn_opcode(insn);
		uint64_t length = qemu_plugin_insn_size(insn);

		if (!host)
			continue;
		if (i == 0)
			offset = hypervisor_offset((uintptr_t)host, opcode, length);
		if (offset >= 0) {
			instrument_hypervisor(insn, (uint64_t)offset, opcode);
			offset += (int64_t)length;
		} else if ((opcode & isa->mark_mask) == isa->mark)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark, QEMU_PLUGIN_CB_NO_REGS,
							       (void *)(uintptr_t)mark_label(opcode));
		else if ((opcode & isa->mark_mask) == isa->mark_reply)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark_reply, QEMU_PLUGIN_CB_NO_REGS, host);
	}
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *unused)
{
	(void)id;
	(void)unused;
	if (out) {
		fprintf(out, "# end\n");
		sequence++;
		mark_print(END_LABEL, -1);
		fclose(out);
		out = NULL;
	}
	if (profile) {
		image_profile(&image, profile, profile_out, END_LABEL);
		fclose(profile_out);
		profile = NULL;
	}
}

/* --- start --- */

static int fail(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "bulkhead-plugin: ");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\n");
	return -1;
}

static const char *option(const char *argument, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(argument, name, length) && argument[length] == '=' ? argument + length + 1 : NULL;
}

static int aside_parse(char *names)
{
	char *rest = names, *name;

	while (names && (name = strtok_r(rest, "+", &rest))) {
		if (aside_count == ASIDE_MAX)
			return fail("aside: more than %d functions", ASIDE_MAX);
		if (!image_symbol(&image, name, &aside[aside_count++]))
			return fail("aside: no function '%s'", name);
	}
	return 0;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	const char *elf = NULL, *vectors = NULL, *path = NULL, *error, *value;
	const char *profile_path = NULL;
	char *names = NULL;
	int i;

	for (i = 0; i < argc; i++) {
		if ((value = option(argv[i], "elf")))
			elf = value;
		else if ((value = option(argv[i], "vectors")))
			vectors = value;
		else if ((value = option(argv[i], "aside")))
			names = strdup(value);
		else if ((value = option(argv[i], "above")))
			above = strtoull(value, NULL, 10);
		else if ((value = option(argv[i], "out")))
			path = value;
		else if ((value = option(argv[i], "profile")))
			profile_path = value;
		else
			return fail("unknown argument '%s'; known: elf= out= profile= vectors= aside= above=", argv[i]);
	}
	isa = info->system_emulation ? isa_find(info->target_name) : NULL;
	if (!isa)
		return fail("made for qemu-system-aarch64, -riscv64 and -x86_64, not %s", info->target_name);
	vcpu_count = info->system.smp_vcpus;
	if (vcpu_count > MARK_MAX_VCPUS)
		return fail("%d vCPUs; at most %d", vcpu_count, MARK_MAX_VCPUS);
	if (!elf)
		return fail("elf=FILE is missing");
	error = image_load(&image, isa, elf, vectors ? vectors : isa->vectors);
	if (error)
		return fail("%s: %s", elf, error);
	if (aside_parse(names))
		return -1;
	if (profile_path && !(profile_out = fopen(profile_path, "w")))
		return fail("%s: cannot be written", profile_path);
	if (profile_out)
		profile = calloc(image.size / isa->unit + 1, sizeof(*profile));
	if (path && !(out = fopen(path, "w")))
		return fail("%s: cannot be written", path);
	if (out)
		fprintf(out,
			"#sequence\tlabel\tby\tvcpu\texits\tsync\tirq\tfiq\tserror\tself\tinsns\tspin\taside\tlongest\trecent\toutside\n");
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
	return 0;
}
