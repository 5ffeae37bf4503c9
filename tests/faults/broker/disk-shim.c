/*
 * A disk that does what disks do when the power goes: preloaded into a broker, it keeps of every file what was there at the last flush, as
 * a journal of what to undo. A killed process loses nothing of what it wrote, flushed or not; after the undo it has lost what it had
 * not flushed. It can also be slow, full, or lie about having flushed.
 *
 *   SHIM_FOLDER   files below it are looked after; nothing else is touched
 *   SHIM_UNDO     where the journals are kept, one a file
 *   SHIM_CONTROL  a file of three numbers, read again and again: milliseconds that a flush takes longer, 1 when the disk is full,
 *                 1 when a flush only says that it was done
 *
 * A record of a journal: offset, bytes that were there, size of the file before, bytes written (u64 each, of this machine), then the
 * bytes that were there. Names in folders (created, renamed, removed) are taken to be durable at once; a file that is renamed keeps its
 * journal.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define DESCRIPTORS 4096
#define FILES 512

struct file {
  char path[PATH_MAX];
  int undo;
};

static struct file files[FILES];
static int file_count;
/* By descriptor: 0 not looked at yet, -1 not ours, else the number of its file plus one. */
static int known[DESCRIPTORS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long delay_ms;
static int is_full, lies;
static struct timespec controlled_at;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_close)(int);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);

/* Before the first use: other libraries that are preloaded may come first. */
__attribute__((constructor)) static void begin(void) {
  if (real_rename != NULL) return;
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_close = dlsym(RTLD_NEXT, "close");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_rename = dlsym(RTLD_NEXT, "rename");
}

static void look_at_control(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (controlled_at.tv_sec != 0 && (now.tv_sec - controlled_at.tv_sec) * 1000 + (now.tv_nsec - controlled_at.tv_nsec) / 1000000 < 20) return;
  controlled_at = now;
  const char *name = getenv("SHIM_CONTROL");
  int control = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
  if (control < 0) return;
  char text[64] = {0};
  if (read(control, text, sizeof text - 1) > 0) sscanf(text, "%ld %d %d", &delay_ms, &is_full, &lies);
  real_close(control);
}

/* Where the journal of a file is; 0 when the file is not one of ours. */
static int journal_of(const char *path, char *journal, size_t size) {
  const char *folder = getenv("SHIM_FOLDER");
  const char *undo = getenv("SHIM_UNDO");
  if (folder == NULL || undo == NULL || strncmp(path, folder, strlen(folder)) != 0) return 0;
  int start = snprintf(journal, size, "%s/", undo);
  snprintf(journal + start, size - (size_t)start, "%s", path + strlen(folder));
  for (char *at = journal + start; *at != 0; at++)
    if (*at == '/') *at = '%';
  return 1;
}

/* The file of a descriptor, or NULL when it is not one of ours. */
static struct file *file_of(int fd) {
  if (fd < 0 || fd >= DESCRIPTORS || known[fd] == -1) return NULL;
  if (known[fd] > 0) return &files[known[fd] - 1];
  known[fd] = -1;
  char link[64], path[PATH_MAX], journal[2 * PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return NULL;
  path[length] = 0;
  struct stat status;
  if (!journal_of(path, journal, sizeof journal) || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink == 0) return NULL;
  for (int at = 0; at < file_count; at++)
    if (strcmp(files[at].path, path) == 0) {
      known[fd] = at + 1;
      return &files[at];
    }
  int place = 0;
  while (place < file_count && files[place].path[0] != 0) place++;
  if (place == FILES) return NULL;
  struct file *file = &files[place];
  strcpy(file->path, path);
  file->undo = open(journal, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file->undo < 0) {
    file->path[0] = 0;
    return NULL;
  }
  if (place == file_count) file_count++;
  known[fd] = place + 1;
  return file;
}

/* Remembers what is in a range before it is written, or cut off. */
static void remember(int fd, struct file *file, uint64_t offset, uint64_t length) {
  struct stat status;
  if (fstat(fd, &status) != 0) return;
  uint64_t size = (uint64_t)status.st_size;
  uint64_t there = offset >= size ? 0 : (size - offset < length ? size - offset : length);
  uint64_t header[4] = {offset, there, size, length};
  char *bytes = malloc(there > 0 ? there : 1);
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  int reader = there > 0 ? open(name, O_RDONLY | O_CLOEXEC) : -1;
  for (uint64_t done = 0; done < there;) {
    ssize_t got = pread(reader, bytes + done, there - done, (off_t)(offset + done));
    if (got <= 0) break;
    done += (uint64_t)got;
  }
  if (reader >= 0) real_close(reader);
  struct iovec record[2] = {{header, sizeof header}, {bytes, there}};
  if (writev(file->undo, record, 2) < 0) abort();
  free(bytes);
}

/* -1 with ENOSPC when the disk is full and the write would make the file longer. */
static ssize_t write_at(int fd, struct file *file, const void *bytes, size_t length, off_t offset, int moves) {
  look_at_control();
  struct stat status;
  if (is_full && fstat(fd, &status) == 0 && offset + (off_t)length > status.st_size) {
    errno = ENOSPC;
    return -1;
  }
  remember(fd, file, (uint64_t)offset, length);
  return moves ? real_write(fd, bytes, length) : real_pwrite(fd, bytes, length, offset);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  begin();
  pthread_mutex_lock(&lock);
  struct file *file = file_of(fd);
  if (file == NULL) {
    pthread_mutex_unlock(&lock);
    return real_write(fd, bytes, length);
  }
  int flags = fcntl(fd, F_GETFL);
  struct stat status;
  off_t offset = (flags & O_APPEND) != 0 && fstat(fd, &status) == 0 ? status.st_size : lseek(fd, 0, SEEK_CUR);
  ssize_t written = write_at(fd, file, bytes, length, offset, 1);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  begin();
  pthread_mutex_lock(&lock);
  struct file *file = file_of(fd);
  ssize_t written = file == NULL ? -2 : write_at(fd, file, bytes, length, offset, 0);
  pthread_mutex_unlock(&lock);
  return written == -2 ? real_pwrite(fd, bytes, length, offset) : written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) { return pwrite(fd, bytes, length, offset); }

int ftruncate(int fd, off_t length) {
  begin();
  pthread_mutex_lock(&lock);
  struct file *file = file_of(fd);
  struct stat status;
  if (file != NULL && fstat(fd, &status) == 0)
    remember(fd, file, (uint64_t)length, status.st_size > length ? (uint64_t)(status.st_size - length) : 0);
  int result = real_ftruncate(fd, length);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

static int flush(int fd, int (**real)(int)) {
  begin();
  pthread_mutex_lock(&lock);
  struct file *file = file_of(fd);
  look_at_control();
  long waits_ms = file == NULL ? 0 : delay_ms;
  int only_says_so = file != NULL && lies;
  pthread_mutex_unlock(&lock);
  if (waits_ms > 0) {
    struct timespec wait = {waits_ms / 1000, (waits_ms % 1000) * 1000000};
    nanosleep(&wait, NULL);
  }
  if (only_says_so) return 0;
  if (file == NULL) return (*real)(fd);
  /* What another thread writes between the flush and the emptying would be forgotten: nobody writes meanwhile. */
  pthread_mutex_lock(&lock);
  int result = (*real)(fd);
  if (result == 0 && real_ftruncate(file->undo, 0) != 0) abort();
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int fd) { return flush(fd, &real_fsync); }

int fdatasync(int fd) { return flush(fd, &real_fdatasync); }

int close(int fd) {
  begin();
  if (fd >= 0 && fd < DESCRIPTORS) {
    pthread_mutex_lock(&lock);
    known[fd] = 0;
    pthread_mutex_unlock(&lock);
  }
  return real_close(fd);
}

/* What was known of a name: another file may get it. */
static void forget(const char *path) {
  pthread_mutex_lock(&lock);
  for (int at = 0; at < file_count; at++) {
    if (strcmp(files[at].path, path) != 0) continue;
    for (int fd = 0; fd < DESCRIPTORS; fd++)
      if (known[fd] == at + 1) known[fd] = 0;
    real_close(files[at].undo);
    files[at].path[0] = 0;
  }
  pthread_mutex_unlock(&lock);
}

int unlink(const char *path) {
  begin();
  char journal[2 * PATH_MAX];
  int result = real_unlink(path);
  if (result == 0) forget(path);
  if (result == 0 && journal_of(path, journal, sizeof journal)) (void)!truncate(journal, 0);
  return result;
}

int rename(const char *from, const char *to) {
  begin();
  char old[2 * PATH_MAX], new[2 * PATH_MAX];
  int result = real_rename(from, to);
  if (result == 0) {
    forget(from);
    forget(to);
  }
  if (result == 0 && journal_of(from, old, sizeof old) && journal_of(to, new, sizeof new)) real_rename(old, new);
  return result;
}
