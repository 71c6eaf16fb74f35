package track

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

// The tests start this binary again as other processes that record runs. What
// they are to do is in roleVar, the database in pathVar and the prefix of
// their runs' ids in nameVar.
const (
	roleVar = "TRACK_TEST_ROLE"
	pathVar = "TRACK_TEST_PATH"
	nameVar = "TRACK_TEST_NAME"

	roleRecord = "record" // record runsEach runs and exit
	roleHang   = "hang"   // start a run and a stage, say so, and wait to be killed
)

// roles are those of some systems only.
var roles = map[string]func(ctx context.Context, path, name string) error{}

const runsEach = 20

func TestMain(m *testing.M) {
	role := os.Getenv(roleVar)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := play(context.Background(), role, os.Getenv(pathVar), os.Getenv(nameVar)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func play(ctx context.Context, role, path, name string) error {
	if special, ok := roles[role]; ok {
		return special(ctx, path, name)
	}
	db, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	if role == roleRecord {
		for i := range runsEach {
			if err := record(ctx, db.Recorder(Meta{Dir: os.TempDir()}), example(fmt.Sprintf("%s-%d", name, i), false)); err != nil {
				return err
			}
		}
		return nil
	}
	rec, run := db.Recorder(Meta{Dir: os.TempDir()}), example(name, false)
	if err := start(ctx, rec, run); err != nil {
		return err
	}
	if err := rec.StageFinished(ctx, name, run.Stages[0]); err != nil {
		return err
	}
	if err := rec.StageStarted(ctx, name, run.Stages[1].Name, run.Stages[1].Started); err != nil {
		return err
	}
	fmt.Println("started")
	time.Sleep(time.Hour)
	return nil
}
