// SPDX-License-Identifier: GPL-2.0-only
/* alarm [SECONDS]: has the board's clock interrupt then (default 1). Not by sysfs, which offers that only where it wakes the machine. */
#include <fcntl.h>
#include <linux/rtc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>

static time_t clock_time(int fd)
{
	struct rtc_time now;
	struct tm tm = { 0 };

	if (ioctl(fd, RTC_RD_TIME, &now) != 0)
		return -1;
	tm.tm_sec = now.tm_sec;
	tm.tm_min = now.tm_min;
	tm.tm_hour = now.tm_hour;
	tm.tm_mday = now.tm_mday;
	tm.tm_mon = now.tm_mon;
	tm.tm_year = now.tm_year;
	return timegm(&tm);
}

static int alarm_set(int fd, time_t when)
{
	struct rtc_wkalrm alarm = { .enabled = 1 };
	struct tm tm;

	gmtime_r(&when, &tm);
	alarm.time = (struct rtc_time){ .tm_sec = tm.tm_sec,
					.tm_min = tm.tm_min,
					.tm_hour = tm.tm_hour,
					.tm_mday = tm.tm_mday,
					.tm_mon = tm.tm_mon,
					.tm_year = tm.tm_year };
	return ioctl(fd, RTC_WKALM_SET, &alarm);
}

int main(int argc, char **argv)
{
	int fd = open("/dev/rtc0", O_RDONLY);
	time_t now, when;

	if (fd < 0)
		return perror("/dev/rtc0"), 1;
	do { /* a clock that was past it when it was told, on a busy host, waits for ever */
		now = clock_time(fd);
		when = now + (argc > 1 ? atoi(argv[1]) : 1);
		if (now < 0 || alarm_set(fd, when) != 0)
			return perror("/dev/rtc0"), 1;
	} while (clock_time(fd) >= when);
	return 0;
}
