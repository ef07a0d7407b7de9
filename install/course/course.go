/*
Package course gives a learner a copy of the course that is theirs: a folder of
notebooks in which work is never overwritten, and which takes in newer notebooks
where the learner has changed nothing. It does not know what is in a notebook.
*/
package course

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// manifestName is the file in a copy that says what was put there.
const manifestName = ".gosched-course.json"

// A manifest has, for each file that was handed out, the hash of what it was.
type manifest struct {
	Handed map[string]string `json:"handed"`
}

// An Update says what a copy has become.
type Update struct {
	New     []string // that were not there
	Renewed []string // that nobody had changed, and are newer now
	// Beside are newer versions of notebooks that somebody has worked in: the
	// name of the learner's file, and that of the new one beside it.
	Beside [][2]string
	Kept   int // that are as they were
}

// Copy brings the folder dir up to what is in files. What the learner has
// changed stays as it is, and what the learner has deleted stays away.
func Copy(files fs.FS, dir string) (Update, error) {
	var update Update
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return update, fmt.Errorf("make a folder for the course: %w", err)
	}
	handed, err := readManifest(dir)
	if err != nil {
		return update, err
	}
	names, err := fs.Glob(files, "*.ipynb")
	if err != nil {
		return update, err
	}
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return update, err
		}
		if err := hand(&update, handed, dir, name, content); err != nil {
			// What has been handed out is known the next time.
			return update, errors.Join(err, writeManifest(dir, handed))
		}
	}
	return update, writeManifest(dir, handed)
}

// hand puts one file into the copy, where that costs the learner nothing.
func hand(update *Update, handed map[string]string, dir, name string, content []byte) error {
	path, sum := filepath.Join(dir, name), hash(content)
	before, known := handed[name]
	there, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && known && before == sum:
		update.Kept++ // deleted, and nothing new
		return nil
	case errors.Is(err, fs.ErrNotExist):
		update.New = append(update.New, name)
	case err != nil:
		return fmt.Errorf("look at the notebook that is there: %w", err)
	case hash(there) == sum || known && before == sum:
		update.Kept++
		handed[name] = sum
		return nil
	case known && hash(there) == before:
		update.Renewed = append(update.Renewed, name)
	default:
		beside, err := free(dir, name, content)
		if err != nil {
			return err
		}
		update.Beside = append(update.Beside, [2]string{name, beside})
		path = filepath.Join(dir, beside)
	}
	if err := write(path, content); err != nil {
		return fmt.Errorf("write the notebook %s: %w", name, err)
	}
	handed[name] = sum
	return nil
}

// free finds a name for a newer notebook beside the learner's.
func free(dir, name string, content []byte) (string, error) {
	base := strings.TrimSuffix(name, ".ipynb")
	for i := 1; ; i++ {
		beside := base + " (new).ipynb"
		if i > 1 {
			beside = fmt.Sprintf("%s (new %d).ipynb", base, i)
		}
		there, err := os.ReadFile(filepath.Join(dir, beside))
		if errors.Is(err, fs.ErrNotExist) || err == nil && hash(there) == hash(content) {
			return beside, nil
		}
		if err != nil {
			return "", fmt.Errorf("find a name beside %s: %w", name, err)
		}
	}
}

// write replaces a file as a whole or not at all.
func write(path string, content []byte) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), ".gosched-course-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(content)
	if err = errors.Join(err, temp.Chmod(0o644), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

func readManifest(dir string) (map[string]string, error) {
	content, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("see what the folder has of the course: %w", err)
	}
	var m manifest
	if err := json.Unmarshal(content, &m); err != nil {
		// Without it every notebook that differs counts as the learner's.
		return map[string]string{}, nil
	}
	handed := map[string]string{}
	maps.Copy(handed, m.Handed)
	return handed, nil
}

func writeManifest(dir string, handed map[string]string) error {
	content, err := json.MarshalIndent(manifest{handed}, "", "  ")
	if err != nil {
		return err
	}
	if err := write(filepath.Join(dir, manifestName), append(content, '\n')); err != nil {
		return fmt.Errorf("note what the folder has of the course: %w", err)
	}
	return nil
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Says is the update in a line or more, for people; dir is how they call the
// folder.
func (u Update) Says(dir string) string {
	var b strings.Builder
	switch {
	case len(u.New) > 0 && u.Kept+len(u.Renewed)+len(u.Beside) == 0:
		fmt.Fprintf(&b, "The course is in %s: %d notebooks. They are yours, nothing overwrites what you change.\n", dir, len(u.New))
	case len(u.New)+len(u.Renewed)+len(u.Beside) == 0:
		fmt.Fprintf(&b, "Your copy of the course in %s is up to date.\n", dir)
	default:
		fmt.Fprintf(&b, "Your copy of the course in %s has taken in what is new.\n", dir)
		for _, name := range slices.Concat(u.New, u.Renewed) {
			fmt.Fprintf(&b, "  new: %s\n", name)
		}
	}
	for _, pair := range u.Beside {
		fmt.Fprintf(&b, "  You have worked in %s; its new version is beside it, %q.\n", pair[0], pair[1])
	}
	return b.String()
}
