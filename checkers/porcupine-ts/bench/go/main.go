// Times Porcupine on histories that were parsed beforehand: one JSON line per case, milliseconds of each round.
// Usage: porcupine-bench FOLDER ROUNDS CASE..., FOLDER being Porcupine's test_data.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

type registerCall struct{ f, a, b int }
type registerAnswer struct {
	matched, unknown bool
	value            int
}

const unset = -1000000

var registerModel = porcupine.Model{
	Init: func() interface{} { return unset },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		now, call, answer := state.(int), input.(registerCall), output.(registerAnswer)
		switch call.f {
		case 0:
			return answer.unknown || answer.value == now, state
		case 1:
			return true, call.a
		}
		next := now
		if now == call.a {
			next = call.b
		}
		return answer.unknown || answer.matched == (now == call.a), next
	},
	Hash: func(state interface{}) uint64 { return uint64(state.(int)) },
}

type kvCall struct {
	f          int
	key, value string
}

var kvModel = porcupine.Model{
	PartitionEvent: func(history []porcupine.Event) [][]porcupine.Event {
		keys := map[int]string{}
		parts := map[string][]porcupine.Event{}
		for _, event := range history {
			if event.Kind == porcupine.CallEvent {
				keys[event.Id] = event.Value.(kvCall).key
			}
			parts[keys[event.Id]] = append(parts[keys[event.Id]], event)
		}
		var all [][]porcupine.Event
		for _, part := range parts {
			all = append(all, part)
		}
		return all
	},
	Init: func() interface{} { return "" },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		now, call := state.(string), input.(kvCall)
		switch call.f {
		case 0:
			return output.(string) == now, state
		case 1:
			return true, call.value
		}
		return true, now + call.value
	},
	Hash: func(state interface{}) uint64 { return hashOf(state.(string)) },
}

var allKeysModel = porcupine.Model{
	Init: func() interface{} { return map[string]string{} },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		now, call := state.(map[string]string), input.(kvCall)
		if call.f == 0 {
			return output.(string) == now[call.key], state
		}
		next := make(map[string]string, len(now)+1)
		for key, value := range now {
			next[key] = value
		}
		if call.f == 1 {
			next[call.key] = call.value
		} else {
			next[call.key] += call.value
		}
		return true, next
	},
	Equal: func(one, other interface{}) bool {
		a, b := one.(map[string]string), other.(map[string]string)
		if len(a) != len(b) {
			return false
		}
		for key, value := range a {
			if b[key] != value {
				return false
			}
		}
		return true
	},
	Hash: func(state interface{}) uint64 {
		var all uint64
		for key, value := range state.(map[string]string) {
			all ^= hashOf(key)*1099511628211 ^ hashOf(value)
		}
		return all
	},
}

func hashOf(text string) uint64 {
	hash := uint64(14695981039346656037)
	for i := 0; i < len(text); i++ {
		hash = (hash ^ uint64(text[i])) * 1099511628211
	}
	return hash
}

var logLine = regexp.MustCompile(`jepsen\.util\s+-\s+(\d+)\s+:(\w+)\s+:(\w+)\s*(.*)$`)
var numbers = regexp.MustCompile(`\d+`)

func parseLog(path string) []porcupine.Event {
	var events []porcupine.Event
	open := map[string]int{}
	fs := map[string]int{"read": 0, "write": 1, "cas": 2}
	for _, line := range lines(path) {
		match := logLine.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		process, kind, f := match[1], match[2], fs[match[3]]
		values := []int{0, 0}
		for i, digits := range numbers.FindAllString(match[4], 2) {
			values[i], _ = strconv.Atoi(digits)
		}
		if kind == "invoke" {
			open[process] = len(events)
			events = append(events, porcupine.Event{Kind: porcupine.CallEvent, Id: len(events), Value: registerCall{f, values[0], values[1]}})
			continue
		}
		if kind == "info" {
			continue
		}
		answer := registerAnswer{matched: kind == "ok", value: values[0], unknown: f == 0 && kind == "fail"}
		if strings.HasPrefix(match[4], "nil") {
			answer.value = unset
		}
		events = append(events, porcupine.Event{Kind: porcupine.ReturnEvent, Id: open[process], Value: answer})
		delete(open, process)
	}
	for _, id := range open {
		events = append(events, porcupine.Event{Kind: porcupine.ReturnEvent, Id: id, Value: registerAnswer{unknown: true}})
	}
	return events
}

var kvLine = regexp.MustCompile(`:process (\d+), :type :(\w+), :f :(\w+), :key "(.*)", :value (?:nil|"(.*)")}`)

func parseKv(path string) []porcupine.Event {
	var events []porcupine.Event
	open := map[string]int{}
	fs := map[string]int{"get": 0, "put": 1, "append": 2}
	for _, line := range lines(path) {
		match := kvLine.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		if match[2] == "invoke" {
			open[match[1]] = len(events)
			events = append(events, porcupine.Event{Kind: porcupine.CallEvent, Id: len(events), Value: kvCall{fs[match[3]], match[4], match[5]}})
		} else {
			events = append(events, porcupine.Event{Kind: porcupine.ReturnEvent, Id: open[match[1]], Value: match[5]})
		}
	}
	return events
}

func lines(path string) []string {
	file, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	var all []string
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		all = append(all, scanner.Text())
	}
	return all
}

func main() {
	folder := os.Args[1]
	rounds, _ := strconv.Atoi(os.Args[2])
	for _, name := range os.Args[3:] {
		model := registerModel
		var histories [][]porcupine.Event
		if name == "etcd" {
			paths, _ := filepath.Glob(filepath.Join(folder, "jepsen", "etcd_*.log"))
			sort.Strings(paths)
			for _, path := range paths {
				if !strings.Contains(path, "095") {
					histories = append(histories, parseLog(path))
				}
			}
		} else {
			model = kvModel
			file := strings.TrimSuffix(name, "-all-keys")
			if file != name {
				model = allKeysModel
			}
			histories = append(histories, parseKv(filepath.Join(folder, "kv", file+".txt")))
		}
		var times []float64
		legal := 0
		for round := 0; round < rounds; round++ {
			legal = 0
			start := time.Now()
			for _, history := range histories {
				if porcupine.CheckEvents(model, history) {
					legal++
				}
			}
			times = append(times, float64(time.Since(start).Nanoseconds())/1e6)
		}
		line, _ := json.Marshal(map[string]interface{}{"case": name, "legal": legal, "of": len(histories), "ms": times})
		fmt.Println(string(line))
	}
}
