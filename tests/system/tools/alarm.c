// SPDX-License-Identifier: GPL-2.0-only
/* alarm [SECONDS]: has the board's clock interrupt then (default 1). Not by sysfs, which offers that only where it wakes the machine. */
#include <fcntl.h>
#include <linux/rtc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rtc_wkalrm alarm = { .enabled = 1 };
	int fd = open("/dev/rtc0", O_RDONLY);
	struct tm tm = { 0 };
	time_t when;

	if (fd < 0 || ioctl(fd, RTC_RD_TIME, &alarm.time) != 0)
		return perror("/dev/rtc0"), 1;
	tm.tm_sec = alarm.time.tm_sec;
	tm.tm_min = alarm.time.tm_min;
	tm.tm_hour = alarm.time.tm_hour;
	tm.tm_mday = alarm.time.tm_mday;
	tm.tm_mon = alarm.time.tm_mon;
	tm.tm_year = alarm.time.tm_year;
	when = timegm(&tm) + (argc > 1 ? atoi(argv[1]) : 1);
	gmtime_r(&when, &tm);
	alarm.time = (struct rtc_time){ .tm_sec = tm.tm_sec,
					.tm_min = tm.tm_min,
					.tm_hour = tm.tm_hour,
					.tm_mday = tm.tm_mday,
					.tm_mon = tm.tm_mon,
					.tm_year = tm.tm_year };
	if (ioctl(fd, RTC_WKALM_SET, &alarm) != 0)
		return perror("RTC_WKALM_SET"), 1;
	return 0;
}
