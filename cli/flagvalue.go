package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// checked is a flag whose value is checked as it is parsed. It implements
// [pflag.Value].
type checked struct {
	value *string
	check func(string) error
}

// Set implements [pflag.Value].
func (c *checked) Set(s string) error {
	if err := c.check(s); err != nil {
		return err
	}
	*c.value = s
	return nil
}

// String implements [pflag.Value].
func (c *checked) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

// Type implements [pflag.Value].
func (c *checked) Type() string { return "string" }

// something refuses the empty string: it is what a script passes whose
// variable was never set, and must not be taken for "as usual".
func something(s string) error {
	if s == "" {
		return errors.New("it is empty")
	}
	return nil
}

// directoryIfAny refuses what is there and no directory.
func directoryIfAny(path string) error {
	if err := something(path); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return errors.New("want a directory, and this is a file")
	}
	return nil
}

// fileIfAny refuses what is there and a directory.
func fileIfAny(path string) error {
	if err := something(path); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("want a file, and this is a directory")
	}
	return nil
}

// flagError makes an error of a flag a wrong call, in words for people.
func flagError(c *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		flag := invalid.GetFlag()
		why := invalid.Unwrap().Error()
		switch flag.Value.Type() {
		case "int":
			why = "want a whole number"
		case "uint64":
			why = "want a whole number from 0 to 2^64-1"
		case "bool":
			why = "want true or false"
		}
		err = fmt.Errorf("--%s %q: %s", flag.Name, invalid.GetValue(), why)
	}
	return Usagef("%w (see: %s --help)", err, c.CommandPath())
}
