package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// matchJSON compares the values of a JSON text at some paths with those wanted.
func matchJSON(text []byte, wants []string) error {
	var root any
	if err := json.Unmarshal(text, &root); err != nil {
		return err
	}
	for _, want := range wants {
		path, value, ok := strings.Cut(want, "=")
		if !ok {
			return fmt.Errorf("%q: want PATH=VALUE", want)
		}
		got, err := at(root, path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if n, ok := strings.CutPrefix(value, "+"); ok {
			if size := fmt.Sprint(length(got)); size != n {
				return fmt.Errorf("%s has %s elements, want %s", path, size, n)
			}
			continue
		}
		if text := fmt.Sprint(got); value != "*" && text != value {
			return fmt.Errorf("%s is %s, want %s", path, text, value)
		}
	}
	return nil
}

// at finds a value by a path of keys and indices between slashes; keys may
// contain dots, as those of metrics do.
func at(v any, path string) (any, error) {
	if path == "" {
		return v, nil
	}
	for _, step := range strings.Split(path, "/") {
		switch node := v.(type) {
		case map[string]any:
			next, ok := node[step]
			if !ok {
				return nil, errNoValue
			}
			v = next
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(node) {
				return nil, errNoValue
			}
			v = node[i]
		default:
			return nil, errNoValue
		}
	}
	return v, nil
}

func length(v any) int {
	switch node := v.(type) {
	case map[string]any:
		return len(node)
	case []any:
		return len(node)
	}
	return -1
}
