package reports

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestWriteIsDeterministic(t *testing.T) {
	first, opts := fixture()
	second, _ := fixture()
	if render(t, first, opts) != render(t, second, opts) {
		t.Error("two reports of the same runs differ")
	}
}

func TestWriteWithoutRuns(t *testing.T) {
	if err := Write(t.Context(), new(strings.Builder), newMemory(), Options{}); err == nil {
		t.Error("a report of no runs was written")
	}
}

func TestWriteIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	src, opts := fixture()
	if err := Write(ctx, new(strings.Builder), src, opts); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}
