/*
 * Lets calls of the system fail for files of a name, to be loaded by LD_PRELOAD. While the file
 * that DISK_FAULTS names exists, its one line "<call> <part of the path> <errno>" is obeyed;
 * <call> is fdatasync or pwrite.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int error_of(const char *call, int fd) {
  const char *control = getenv("DISK_FAULTS");
  FILE *file = control == NULL ? NULL : fopen(control, "r");
  if (file == NULL) return 0;
  char wanted[32] = "", part[256] = "", link[64], path[4096];
  int error = 0;
  int fields = fscanf(file, "%31s %255s %d", wanted, part, &error);
  fclose(file);
  if (fields != 3 || strcmp(wanted, call) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, part) == NULL ? 0 : error;
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fdatasync");
  int error = error_of("fdatasync", fd);
  if (error == 0) return real(fd);
  errno = error;
  return -1;
}

static ssize_t write_at(const char *name, int fd, const void *bytes, size_t count, off_t offset) {
  static ssize_t (*real)(int, const void *, size_t, off_t);
  if (real == NULL) real = dlsym(RTLD_NEXT, name);
  int error = error_of("pwrite", fd);
  if (error == 0) return real(fd, bytes, count, offset);
  errno = error;
  return -1;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  return write_at("pwrite", fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) {
  return write_at("pwrite64", fd, bytes, count, offset);
}
