package isolate

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// Detect tries which level this system allows.
func Detect() Level {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return Session
	}
	defer null.Close()
	p, err := Start(Options{Script: "exit 0", Dir: "/", Output: null})
	if err != nil {
		return Session
	}
	p.Wait()
	return p.Level
}

// The command is not the namespace's first process itself, which would ignore
// signals that it does not handle. /proc is the caller's, and shows the outer
// process ids: to mount another takes longer than most small commands do.
// /proc/self is right all the same.
const inNamespace = prologue + `/bin/sh -c "$1"
exit $?`

// inSandbox builds a root directory with nothing but what the command may see. It
// finds mistakes; it does not hold a command that wants to get out.
// Mounts cannot always be made read-only in a user namespace; there the user's
// permissions hold.
const inSandbox = prologue + `script=$1 work=$2 root=$3 temp=$4
shift 4
fail() { echo "sandbox: $1"; exit 125; }
readonly_bind() {
	if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$root${1%/*}"; : > "$root$1"; fi
	mount --rbind "$1" "$root$1" || fail "mount $1"
	mount -o remount,bind,ro "$root$1" 2>/dev/null
}
mount -t tmpfs -o mode=755 whorl "$root" || fail "mount an empty file system"
mkdir "$root/work" "$root/tmp" "$root/dev" "$root/proc" "$root/etc" || fail mkdir
for dir in /bin /sbin /lib /lib32 /lib64 /libx32; do
	if [ -L "$dir" ]; then ln -s "$(readlink "$dir")" "$root$dir"; elif [ -d "$dir" ]; then readonly_bind "$dir"; fi
done
for path in /usr /etc/alternatives /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d; do
	if [ -e "$path" ]; then readonly_bind "$path"; fi
done
for device in null zero full random urandom; do
	: > "$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device" || fail "mount /dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mount --bind "$work" "$root/work" || fail "mount the working directory"
mount --bind "$temp" "$root/tmp" || fail "mount the temporary directory"
for path; do
	[ -e "$path" ] || fail "mounts: there is no $path"
	readonly_bind "$path"
done
mount -t proc -o nosuid,nodev,noexec proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc" || fail "mount /proc"
mount -o remount,ro "$root" 2>/dev/null
chroot "$root" /bin/sh -c 'cd /work && exec /bin/sh -c "$1"' whorl "$script"
exit $?`

// attributes returns how the command is started. A user without privileges
// needs a user namespace for the others, in which he stays who he is.
func attributes(level Level, sandbox bool) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGKILL}
	if level != Namespace {
		return a
	}
	a.Cloneflags = unix.CLONE_NEWPID
	if sandbox {
		a.Cloneflags |= unix.CLONE_NEWNET | unix.CLONE_NEWIPC
		a.Unshareflags = unix.CLONE_NEWNS
	}
	if uid := os.Geteuid(); uid != 0 {
		gid := os.Getegid()
		a.Cloneflags |= unix.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
		if sandbox {
			a.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SYS_CHROOT}
		}
	}
	return a
}

// launch starts the command on a thread that lives as long as the command: the
// kernel sends the parent's death signal when the thread ends that started it.
func (p *Process) launch() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and the thread ends with the goroutine
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.ended <- p.cmd.Wait()
		}
	}()
	return <-started
}

// closeOnExec keeps the descriptors that this process inherited from commands.
func closeOnExec() {
	unix.CloseRange(3, ^uint(0)>>32, unix.CLOSE_RANGE_CLOEXEC)
}

// fixLimits sets the soft limits of resources that a command could notice. Hard
// limits stay: they are the administrator's.
func fixLimits(pid int) error {
	const unlimited = ^uint64(0)
	for _, l := range []struct {
		resource int
		soft     uint64
	}{
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_NOFILE, 1024},
		{unix.RLIMIT_STACK, 8 << 20},
		{unix.RLIMIT_CPU, unlimited},
		{unix.RLIMIT_FSIZE, unlimited},
		{unix.RLIMIT_DATA, unlimited},
		{unix.RLIMIT_AS, unlimited},
	} {
		var now unix.Rlimit
		if err := unix.Prlimit(pid, l.resource, nil, &now); err != nil {
			return os.NewSyscallError("prlimit", err)
		}
		now.Cur = min(l.soft, now.Max)
		if err := unix.Prlimit(pid, l.resource, &now, nil); err != nil {
			return os.NewSyscallError("prlimit", err)
		}
	}
	return nil
}
