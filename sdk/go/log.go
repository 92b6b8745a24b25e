package tidegate

import "fmt"

type level uint32

const (
	levelDebug level = iota
	levelInfo
	levelWarn
	levelError
)

// Debugf writes a line into the pipeline's log that matters when something is looked into. Too many lines are left out and
// counted; in a unit test nobody listens.
func Debugf(format string, arguments ...any) { line(levelDebug, format, arguments) }

// Infof writes a line.
func Infof(format string, arguments ...any) { line(levelInfo, format, arguments) }

// Warnf writes a line that somebody should look at.
func Warnf(format string, arguments ...any) { line(levelWarn, format, arguments) }

// Errorf writes a line about something that is wrong.
func Errorf(format string, arguments ...any) { line(levelError, format, arguments) }

func line(level level, format string, arguments []any) {
	writeLine(level, fmt.Sprintf(format, arguments...))
}
