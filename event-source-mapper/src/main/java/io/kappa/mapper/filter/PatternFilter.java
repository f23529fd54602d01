package io.kappa.mapper.filter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.kappa.mapper.filter.Datum.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import software.amazon.event.ruler.GenericMachine;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Patterns;

/** Lets records through that match one of some patterns. */
final class PatternFilter implements RecordFilter {
    private final FilteredSource source;
    private final List<String> dataKeys;
    /** For each set of data keys that may have to be left out, a bit each, what is to be matched then. */
    private final List<Rules> rules;
    /** Whether patterns ask for anything beside the data. */
    private final boolean needsMetadata;

    /** @throws IllegalArgumentException where a pattern is none */
    PatternFilter(FilteredSource source, List<String> patterns) {
        this.source = source;
        dataKeys = source.dataKeys();
        var alternatives =
                patterns.stream().flatMap(pattern -> compiled(pattern).stream()).toList();
        rules = new ArrayList<>();
        for (int leftOut = 0; leftOut < 1 << dataKeys.size(); leftOut++) {
            rules.add(Rules.of(alternatives, dataKeys, leftOut));
        }
        needsMetadata = alternatives.stream()
                .flatMap(alternative -> alternative.keySet().stream())
                .anyMatch(path -> dataKeys.stream().noneMatch(key -> concerns(path, key)));
        if (!source.takesPlainPatterns() && rules.getFirst().all.stream().anyMatch(Rule::asksForPlain)) {
            throw new IllegalArgumentException("a pattern for the data of this source has to be an object");
        }
    }

    /** What has to be so together: paths, and what may stand at each. A pattern has several of them where it has an {@code $or}. */
    private static List<Map<String, List<Patterns>>> compiled(String pattern) {
        try {
            return JsonRuleCompiler.compile(pattern);
        } catch (IOException e) {
            throw new IllegalArgumentException("not a filter pattern: " + pattern, e);
        }
    }

    private static boolean concerns(String path, String key) {
        return path.equals(key) || path.startsWith(key + ".");
    }

    @Override
    public boolean lets(ConsumerRecord<byte[], byte[]> record) {
        var document = needsMetadata ? source.metadata(record) : JsonNodeFactory.instance.objectNode();
        var kinds = new ArrayList<Kind>();
        int leftOut = 0;
        for (int i = 0; i < dataKeys.size(); i++) {
            var key = dataKeys.get(i);
            var datum = source.datum(record, key);
            if (datum.kind() == Kind.NO_TEXT) {
                if (source.dropsWhatIsNoText()) {
                    return false;
                }
                leftOut |= 1 << i;
            }
            if (datum.json() == null) {
                document.remove(key);
            } else {
                document.set(key, datum.json());
            }
            kinds.add(datum.kind());
        }
        var these = rules.get(leftOut);
        return these.satisfied
                || these.machine.rulesForJSONEvent(document).stream().anyMatch(rule -> rule.suits(kinds));
    }

    /**
     * Conditions that are matched together, for a machine.
     *
     * @param satisfied whether one of the alternatives has no condition left
     */
    private record Rules(GenericMachine<Rule> machine, List<Rule> all, boolean satisfied) {

        static Rules of(List<Map<String, List<Patterns>>> alternatives, List<String> dataKeys, int leftOut) {
            var machine = GenericMachine.<Rule>builder().build();
            var all = new ArrayList<Rule>();
            boolean satisfied = false;
            for (var alternative : alternatives) {
                var left = alternative.entrySet().stream()
                        .filter(condition -> !isLeftOut(condition.getKey(), dataKeys, leftOut))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
                satisfied |= left.isEmpty();
                if (!left.isEmpty()) {
                    var rule = Rule.of(all.size(), left, dataKeys);
                    machine.addPatternRule(rule, left);
                    all.add(rule);
                }
            }
            return new Rules(machine, all, satisfied);
        }

        private static boolean isLeftOut(String path, List<String> dataKeys, int leftOut) {
            for (int i = 0; i < dataKeys.size(); i++) {
                if ((leftOut & (1 << i)) != 0 && concerns(path, dataKeys.get(i))) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * What one rule asks of each datum: that it be plain, that it be JSON, or nothing.
     *
     * @param number tells it from its like
     */
    private record Rule(int number, List<Boolean> plain, List<Boolean> json) {

        static Rule of(int number, Map<String, List<Patterns>> conditions, List<String> dataKeys) {
            return new Rule(
                    number,
                    dataKeys.stream().map(conditions::containsKey).toList(),
                    dataKeys.stream()
                            .map(key -> conditions.keySet().stream().anyMatch(path -> path.startsWith(key + ".")))
                            .toList());
        }

        boolean asksForPlain() {
            return plain.contains(true);
        }

        /** Data of the other kind would not match anyway, were it not for patterns that ask for something to be absent. */
        boolean suits(List<Kind> kinds) {
            for (int i = 0; i < kinds.size(); i++) {
                if ((kinds.get(i) == Kind.PLAIN && json.get(i)) || (kinds.get(i) == Kind.JSON && plain.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }
}
