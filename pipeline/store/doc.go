// Package store keeps artifacts by content and results by key.
//
// An artifact is a file or a directory, known by the digest of its content. A
// result is a [Manifest]: what one execution of a stage came to, kept under the
// key of that computation. A store is a directory:
//
//	format           "whorl store 1"
//	objects/ab/HEX   a file, read-only, named by its SHA-256; HEX.x if it may be executed
//	trees/ab/HEX/    a directory, named by the SHA-256 of its listing, which
//	                 is itself an object
//	keys/ab/KEY      a manifest: JSON in an envelope with a checksum
//	checkpoints/KEY/ what stages left to be continued, each named STEP-DIGEST
//	runs/ID.json     what each run came to: JSON in an envelope with a checksum;
//	                 ID.labels.json is what people call it
//	active/ID        a run that goes on, locked by its process
//	trash/ID/        a run that was removed, until the next collection
//	logs/ID/STAGE    what an execution said
//	locks/KEY        held by the process that is at work on the key
//	tmp/             staging, locked by its process
//	memo/            digests of source files, a cache
//	damaged/         what was found not to be what its name says, and what
//	                 cannot be removed
//	undo/TIME/       what a collection removed, until then
//	removed/ID       the record of this run was removed, not lost
//	checked          when the last complete check began
//
// Nothing is ever written at its final name. A file is written in tmp, synced
// and renamed, then its directory is synced, and a manifest is written only
// when all that it names has been: so whatever a manifest names is whole, after
// a crash at any point. Locks are flocks, which end with their process. Hence
// the file system must have atomic rename within itself, fsync that means it,
// and flock that holds between all processes that share the store: any local
// Linux file system, and NFS from version 4 on.
//
// Nothing is trusted because of its name. [Store.Verify] reads an artifact before
// it is used, unless this process, or a stat that has not changed since the
// content was read, vouches for it: device, mount, inode, size and times, within
// one start of the machine. What is damaged is set aside, and with it the results
// that may have been computed from it ([Store.Quarantine], [Store.Fsck]).
//
// Files and folders have the permissions of the folder that holds them, whatever
// the umask, so that a group's store works for all its members. A store that
// may only be read serves all that reads.
package store
