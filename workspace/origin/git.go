package origin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"whorl/pipeline/record"
)

const (
	gitTimeout   = 10 * time.Second
	maxDiff      = 8 << 20 // bytes of a diff that are kept
	maxUntracked = 1000    // untracked files that are named
)

// Source returns the git revision of the repository that holds dir, and how the
// working tree differs from it: a line "?? PATH" for each untracked file, then
// a patch that git apply takes. Without git or a repository, or before the
// first commit, the fields that cannot be determined are empty.
func Source(ctx context.Context, dir string) (s record.Source) {
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()

	status, err := git(ctx, dir, 64<<20, "-c", "status.relativePaths=false", "status", "--porcelain=v2", "--branch",
		"--untracked-files=normal", "--ignore-submodules=none")
	if err != nil {
		return s
	}
	var notes bytes.Buffer
	untracked := 0
	for line := range strings.Lines(string(status)) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch kind {
		case "#":
			if oid, ok := strings.CutPrefix(rest, "branch.oid "); ok && oid != "(initial)" {
				s.Commit = oid
			}
		case "?":
			s.Dirty = true
			if untracked++; untracked <= maxUntracked {
				fmt.Fprintf(&notes, "?? %s\n", rest)
			}
		default:
			s.Dirty = true
			if f := strings.SplitN(rest, " ", 8); kind == "1" && changedWithin(f[1]) {
				fmt.Fprintf(&notes, "(submodule %s has changes of its own, which are not kept)\n", f[len(f)-1])
			}
		}
	}
	if untracked > maxUntracked {
		fmt.Fprintf(&notes, "(and %d more untracked files)\n", untracked-maxUntracked)
	}
	if s.Dirty {
		s.Diff = notes.String()
	}
	if s.Dirty && s.Commit != "" {
		s.Diff += patch(ctx, dir)
	}
	return s
}

// changedWithin reports whether the field "sub" of git's status is that of a
// submodule that differs from its commit.
func changedWithin(sub string) bool {
	return len(sub) == 4 && sub[0] == 'S' && (sub[2] == 'M' || sub[3] == 'U')
}

// patch returns what was changed in tracked files, in the form that git apply
// takes, independent of the user's configuration.
func patch(ctx context.Context, dir string) string {
	patch, err := git(ctx, dir, maxDiff, "diff", "--binary", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative",
		"--src-prefix=a/", "--dst-prefix=b/", "--unified=3", "--submodule=short", "--ignore-submodules=dirty", "HEAD")
	switch {
	case errors.Is(err, errTooLong):
		return fmt.Sprintf("(the diff is larger than %d MiB, and is not kept)\n", maxDiff>>20)
	case err != nil:
		return fmt.Sprintf("(git diff: %v)\n", err)
	}
	return string(patch)
}

var errTooLong = errors.New("its output is too long")

// git runs git in a directory, and returns at most limit bytes of output.
func git(ctx context.Context, dir string, limit int64, args ...string) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = dir, gitEnvironment()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(stdout, limit+1))
	if int64(len(out)) > limit {
		cancel()
		cmd.Wait()
		return nil, errTooLong
	}
	return out, errors.Join(err, cmd.Wait())
}

// gitEnvironment leaves out the variables by which git tells a hook its
// repository, and those that change the form of a diff.
func gitEnvironment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{
			"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_DIFF_OPTS",
		}, name)
	})
	// Do not write git's index: the user may be committing.
	return append(env, "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
}
