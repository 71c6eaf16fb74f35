// Package isolate starts a shell command that nothing of the caller's process
// reaches by accident, and that leaves no process behind.
//
// A command starts with umask 022, fixed soft resource limits, no terminal,
// no file descriptor but its standard ones, and the environment that the
// caller gives. It is killed with all that it started when it ends, when the
// caller asks for it, and when the caller's process dies.
//
// On Linux the command runs in a process-id namespace where the kernel allows
// that, so that no process survives, whatever it does ([Namespace]). Elsewhere
// it runs in a session of its own ([Session]), and a process that starts
// another session survives. With [Options.Sandbox] the command also sees no
// file but those it is given.
package isolate
