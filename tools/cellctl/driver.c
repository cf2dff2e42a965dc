// SPDX-License-Identifier: GPL-2.0-only
/* Calls of the driver, and the words for each way they fail. */
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "progress.h"

#define DEVICE "/dev/bulkhead"

static int fd = -1;

static const struct {
	const char *id;
	const char *help;
} ids[] = {
	{ "not-root", "Only root may use the driver and read the machine's device tree." },
	{ "no-driver", "The module bulkhead.ko is not loaded: /dev/bulkhead does not exist." },
	{ "no-firmware", "The module found no hypervisor image in /lib/firmware." },
	{ "not-enabled", "The hypervisor is not under this kernel yet: cellctl enable." },
	{ "already-enabled", "The hypervisor is under this kernel already." },
	{ "verb-unknown", "cellctl has no such verb." },
	{ "usage", "The verb was called with the wrong arguments." },
	{ "cell-unknown", "There is no cell of this name." },
	{ "cell-exists", "The machine still has cells: destroy them before disable." },
	{ "cell-busy", "Another cellctl is preparing a cell." },
	{ "cell-state", "The verb does not apply to the state the cell is in: cellctl help states." },
	{ "cell-critical", "The cell is marked critical: suspend, stop and destroy need --force, and fail once the machine is locked." },
	{ "machine-locked", "The machine is locked: nothing changes its owner until it is reset." },
	{ "launch-unconfirmed", "The launch is on trial: cellctl confirm keeps it." },
	{ "launch-settled", "There is no launch on trial that could be confirmed." },
	{ "monitor-missing", "The cell's file has a restart policy or a watchdog, which 'cellctl monitor' carries out; none runs." },
	{ "monitor-runs", "There is one monitor for the machine, and it runs already." },
	{ "monitor-record",
	  "What cellctl keeps of the cell in /run/bulkhead is missing or damaged, so its policy or its count is not known." },
	{ "shutdown-refused", "The guest was asked to end and answered that it does not." },
	{ "board-unknown", "There is no such board file, or this machine has no device tree." },
	{ "board-invalid", "The board's device tree lacks something the hypervisor needs." },
	{ "board-mismatch", "The board file describes another machine than this one." },
	{ "machine-unsupported", "The CPUs or the running kernel cannot carry the hypervisor." },
	{ "memory-busy", "Host memory could not be claimed: it is in use by something that cannot be moved." },
	{ "device-in-use", "A program or the kernel uses the device." },
	{ "channel-disagree",
	  "A cell that exists has this channel with another size, number of doorbells or other members: destroy it, or make files agree." },
	{ "windows-exhausted", "The machine has as many shared windows as there can be, 16." },
	{ "cpu-busy", "A CPU could not be taken offline, or is offline." },
	{ "kvm-in-use", "A virtual machine of KVM runs; KVM and Bulkhead need the same hardware." },
	{ "version-mismatch", "cellctl, module, hypervisor image or compiled cell come from different builds." },
	{ "refused", "The hypervisor's own checks refuse the request." },
	{ "failed", "Something in the machine failed; the message has the details." },
	{ "timed-out", "The request took too long." },
	{ "no-fault", "The cell did not end by an instruction of its own, so there is nothing for a core file." },
	{ "kernel-lockdown", "doctor: the kernel is locked down (Secure Boot) and refuses modules that are not signed." },
	{ "root-panic", "doctor: the root's kernel reboots the machine some seconds after a panic; cells that would go on end." },
	{ "root-ticks", "doctor: the machine is emulated; see CAVEATS, \"x86: kernel arguments of an emulator\"." },
	{ "root-watchdog", "doctor: a hardware watchdog that the root feeds resets the machine when it stops doing so." },
	{ "root-kdump", "doctor: a kernel for crash dumps is loaded; it starts beside cells that go on." },
	{ "output-failed", "A result could not be written." },
	{ "dma-isolation", "Whether an IOMMU keeps devices of a cell out of the rest of the machine." },
};

/* Which id a failed call gets: the first row whose error and word fit. error 0: any. */
static const struct {
	int error;
	const char *word; /* in the driver's message; NULL: any */
	const char *id;
	enum exit_code code;
} outcomes[] = {
	{ ENODEV, "not enabled", "not-enabled", EXIT_NO_DRIVER },
	{ EPROTO, NULL, "version-mismatch", EXIT_FAILED },
	{ EKEYREJECTED, NULL, "version-mismatch", EXIT_FAILED },
	{ ENOEXEC, NULL, "version-mismatch", EXIT_FAILED },
	{ ENOTTY, NULL, "version-mismatch", EXIT_FAILED },
	{ E2BIG, "flags", "version-mismatch", EXIT_FAILED },
	{ EINVAL, "this module knows", "version-mismatch", EXIT_FAILED },
	{ 0, "image /lib/firmware", "no-firmware", EXIT_FAILED },
	{ EOPNOTSUPP, NULL, "machine-unsupported", EXIT_FAILED },
	{ EBUSY, "KVM", "kvm-in-use", EXIT_FAILED },
	{ EBUSY, "enabled already", "already-enabled", EXIT_FAILED },
	{ EBUSY, "disable: cell", "cell-exists", EXIT_FAILED },
	{ EBUSY, "preparing", "cell-busy", EXIT_FAILED },
	{ ENXIO, "enable", "board-mismatch", EXIT_FAILED },
	{ 0, "host range", "memory-busy", EXIT_FAILED },
	{ ENOMEM, NULL, "memory-busy", EXIT_FAILED },
	{ EBUSY, "device", "device-in-use", EXIT_FAILED },
	{ ENODEV, "device", "device-unknown", EXIT_FAILED },
	{ 0, "taken offline", "cpu-busy", EXIT_FAILED },
	{ EBUSY, "CPU", "cpu-busy", EXIT_FAILED },
	{ EPERM, "machine is locked, and", "machine-locked", EXIT_FAILED },
	{ EPERM, "disable: the machine is locked", "machine-locked", EXIT_FAILED },
	{ EBUSY, "not confirmed", "launch-unconfirmed", EXIT_FAILED },
	{ EALREADY, NULL, "launch-settled", EXIT_FAILED },
	{ EPERM, "critical", "cell-critical", EXIT_FAILED },
	{ EPERM, NULL, "not-root", EXIT_NOT_ROOT },
	{ EACCES, NULL, "not-root", EXIT_NOT_ROOT },
	{ ENOENT, "cell", "cell-unknown", EXIT_FAILED },
	{ EINVAL, "does not apply", "cell-state", EXIT_FAILED },
	{ EINVAL, "[channel-disagree]", "channel-disagree", EXIT_FAILED },
	{ ENOSPC, "windows already", "windows-exhausted", EXIT_FAILED },
	{ 0, "refuses", "refused", EXIT_FAILED },
	{ ETIMEDOUT, NULL, "timed-out", EXIT_TIMED_OUT },
	{ 0, NULL, "failed", EXIT_FAILED },
};

static const struct {
	const char *verb;
	const char *steps[8];
} verbs[] = {
	{ "enable", { "enable" } },
	{ "disable", { "disable" } },
	{ "create", { "prepare", "create" } },
	{ "load", { "load" } },
	{ "start", { "start" } },
	{ "lock", { "lock" } },
	{ "confirm", { "confirm" } },
	{ "shutdown", { "shutdown" } },
	{ "stop", { "stop" } },
	{ "suspend", { "suspend" } },
	{ "resume", { "resume" } },
	{ "reset", { "stop", "load", "start" } },
	{ "monitor", { "hang", "stop", "load", "start" } },
	{ "destroy", { "destroy" } },
	{ "boot", { "prepare", "create", "load", "start" } },
};

const char *driver_help(const char *id)
{
	for (u32 i = 0; i < ARRAY_SIZE(ids); i++)
		if (!strcmp(ids[i].id, id))
			return ids[i].help;
	return NULL;
}

const char *driver_id(u32 index)
{
	return index < ARRAY_SIZE(ids) ? ids[index].id : "";
}

bool steps_list(const char *verb)
{
	bool found = false;

	for (u32 i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (verb && strcmp(verb, verbs[i].verb))
			continue;
		found = true;
		for (u32 j = 0; j < ARRAY_SIZE(verbs[i].steps) && verbs[i].steps[j]; j++)
			printf("%s%s%s\n", verb ? "" : verbs[i].verb, verb ? "" : " ", verbs[i].steps[j]);
	}
	return found;
}

void steps_pass(const char *step)
{
#ifndef NDEBUG /* for the tests that kill cellctl between two ioctls */
	const char *stop = getenv("BULKHEAD_STOP_AT");

	if (step && stop && !strcmp(stop, step))
		raise(SIGSTOP);
#else
	(void)step;
#endif
}

/* The driver writes "object: rule; fix". */
static enum exit_code report(int error, const char *said)
{
	const char *what = said && *said ? said : strerror(error);
	const char *fix = NULL;
	u32 i = 0;

	for (const char *s = strstr(what, "; "); s; s = strstr(s + 2, "; "))
		fix = s + 2;
	while ((outcomes[i].error && outcomes[i].error != error) || (outcomes[i].word && !strstr(what, outcomes[i].word)))
		i++;
	const char *end = fix ? fix - 2 : what + strlen(what);
	const char *id = mem_format("[%s] ", outcomes[i].id);
	const char *again = fix && strstr(what, id) > end ? NULL : strstr(what, id); /* a line of the hypervisor has it, too */
	const char *rest = again ? again + strlen(id) : end;

	message_error(NULL, outcomes[i].id, "%.*s%.*s", (int)((again ? again : end) - what), what, (int)(end - rest), rest);
	if (fix)
		message_fix("%s", fix);
	else
		message_fix("see 'cellctl explain %s' and the kernel's log", outcomes[i].id);
	return outcomes[i].code;
}

enum exit_code driver_open(void)
{
	struct bulkhead_status status = { .size = sizeof(status) };
	int err;

	if (geteuid() != 0) {
		message_error(NULL, "not-root", "only root may use Bulkhead");
		message_fix("run it as root, for example with sudo");
		return EXIT_NOT_ROOT;
	}
	fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENODEV || errno == ENXIO)) {
		message_error(NULL, "no-driver", "the driver is not loaded: no " DEVICE);
		message_fix("modprobe bulkhead, or insmod bulkhead.ko");
		return EXIT_NO_DRIVER;
	}
	if (fd < 0)
		return report(errno, NULL);
	err = driver_query(BULKHEAD_STATUS, &status, sizeof(status));
	if (err == -EINVAL || err == -ENOTTY || (!err && status.driver_abi >> 16 != BULKHEAD_ABI_MAJOR)) {
		message_error(NULL, "version-mismatch", "cellctl %s (ABI %u.%u) and the module%s%s%s do not fit together", BULKHEAD_VERSION,
			      BULKHEAD_ABI_MAJOR, BULKHEAD_ABI_MINOR, err ? "" : " ", err ? "" : status.driver_version,
			      err ? "" : mem_format(" (ABI %u.%u)", status.driver_abi >> 16, status.driver_abi & 0xffff));
		message_fix("install cellctl and bulkhead.ko from one build");
		return EXIT_FAILED;
	}
	return err ? report(-err, NULL) : EXIT_DONE;
}

enum exit_code driver_open_enabled(void)
{
	struct bulkhead_status status = { .size = sizeof(status) };
	enum exit_code code = driver_open();

	if (code != EXIT_DONE)
		return code;
	if (!driver_query(BULKHEAD_STATUS, &status, sizeof(status)) && status.enabled)
		return EXIT_DONE;
	message_error(NULL, "not-enabled", "Bulkhead is not enabled");
	message_fix("cellctl enable");
	return EXIT_NO_DRIVER;
}

void driver_close(void)
{
	if (fd >= 0)
		close(fd);
	fd = -1;
}

int driver_query(unsigned long command, void *argument, u32 size)
{
	memcpy(argument, &size, sizeof(size));
	return ioctl(fd, command, argument) ? -errno : 0;
}

enum exit_code driver_call(const char *step, unsigned long command, void *argument, u32 size, char *message)
{
	int err;

	steps_pass(step);
	progress_begin(step);
	do
		err = driver_query(command, argument, size);
	while (err == -EINTR);
	progress_end();
	if (!err)
		return EXIT_DONE;
	if (message)
		message[BULKHEAD_MESSAGE_SIZE - 1] = '\0';
	return report(-err, message);
}
