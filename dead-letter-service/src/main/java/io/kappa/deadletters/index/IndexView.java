package io.kappa.deadletters.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.kit.streams.Table;
import io.kappa.kit.streams.Table.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one partition knows of its dead letters and redrives, to be read.
 *
 * <pre>
 *   letter/POSITION              a dead letter; positions sort by time of failure
 *   place/ID                     its position
 *   open/POSITION                those that are open
 *   function/FUNCTION POSITION   those of a function
 *   count/FUNCTION CAUSE         how many there are, by status
 *   read                         offset of the last dead letter that was taken in
 *   redrive/REDRIVE              a redrive, and how far it has come
 *   running/REDRIVE              those that run
 *   todo/REDRIVE/POSITION        letters that it has matched and not looked at yet
 *   row/REDRIVE/ID               what it did with a letter
 *   deletion/ACTION              an asked deletion, and how far it has come
 *   deleting/ACTION              those that go on
 * </pre>
 *
 * Ids and functions are printable ASCII without spaces ({@link #fits}), so that keys sort alike as texts and as bytes, and no part of a key
 * runs into the next.
 */
class IndexView {
    static final String READ = "read";

    static final RecordCodec<Letter> LETTERS = RecordCodec.of(Letter.class);
    static final RecordCodec<Counts> COUNTS = RecordCodec.of(Counts.class);
    static final RecordCodec<Redrive> REDRIVES = RecordCodec.of(Redrive.class);
    static final RecordCodec<ResultRow> ROWS = RecordCodec.of(ResultRow.class);
    static final RecordCodec<Deletion> DELETIONS = RecordCodec.of(Deletion.class);

    private static final int LONGEST_NAME = 512;
    private static final String FIRST = "";
    private static final String LAST = "\u007f";

    private final Table table;

    /** How far a walk came: the last position that it looked at, and whether there may be more behind it. */
    record Walk(@Nullable String reached, boolean more) {}

    IndexView(Table table) {
        this.table = table;
    }

    /** Whether a text can be part of a key. */
    static boolean fits(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && name.chars().allMatch(letter -> letter > ' ' && letter < 0x7f);
    }

    static String letterKey(String position) {
        return "letter/" + position;
    }

    static String placeKey(String id) {
        return "place/" + id;
    }

    static String openKey(String position) {
        return "open/" + position;
    }

    static String functionKey(String function, String position) {
        return "function/" + function + " " + position;
    }

    static String countKey(String function, String cause) {
        return "count/" + function + " " + cause;
    }

    static String redriveKey(String redrive) {
        return "redrive/" + redrive;
    }

    static String runningKey(String redrive) {
        return "running/" + redrive;
    }

    static String todoKey(String redrive, String position) {
        return "todo/" + redrive + "/" + position;
    }

    static String rowKey(String redrive, String id) {
        return "row/" + redrive + "/" + id;
    }

    static String deletionKey(String action) {
        return "deletion/" + action;
    }

    static String deletingKey(String action) {
        return "deleting/" + action;
    }

    Optional<Letter> letter(String id) {
        return fits(id)
                ? Optional.ofNullable(table.get(placeKey(id)))
                        .flatMap(position -> letterAt(new String(position, UTF_8)))
                : Optional.empty();
    }

    Optional<Letter> letterAt(String position) {
        return Optional.ofNullable(table.get(letterKey(position))).map(LETTERS::decode);
    }

    /** The dead letter that has been open for longest. */
    Optional<Letter> oldestOpen() {
        var found = keys("open/", FIRST, 1);
        return found.isEmpty() ? Optional.empty() : letterAt(found.getFirst());
    }

    long lastRead() {
        var offset = table.get(READ);
        return offset == null ? -1 : Long.parseLong(new String(offset, UTF_8));
    }

    /**
     * Shows the letters that a filter means, in order of their positions.
     *
     * @param from position behind which to begin; null for the first
     * @param most letters to look at, whether they are meant or not
     * @param visitor whether to go on
     */
    Walk walk(Filter filter, @Nullable String from, Order order, int most, Predicate<Letter> visitor) {
        var walking = new Walking(filter, from, order, most, visitor);
        var function = filter.function();
        if (filter.ids() != null) {
            walking.list(filter.ids());
        } else if (function != null && (function.indexOf(':') >= 0 || function.equals(DeadLetter.UNKNOWN_FUNCTION))) {
            walking.index(functionKey(function, ""));
        } else if (filter.status() == LetterStatus.OPEN) {
            walking.index(openKey(""));
        } else {
            walking.everything();
        }
        return new Walk(walking.reached, walking.more);
    }

    private final class Walking {
        private final Filter filter;
        private final @Nullable String from;
        private final Order order;
        private final int most;
        private final Predicate<Letter> visitor;
        private int looked;
        private @Nullable String reached;
        private boolean more;

        Walking(Filter filter, @Nullable String from, Order order, int most, Predicate<Letter> visitor) {
            this.filter = filter;
            this.from = from;
            this.order = order;
            this.most = most;
            this.visitor = visitor;
            this.reached = from;
        }

        void list(List<String> ids) {
            var letters = ids.stream()
                    .distinct()
                    .flatMap(id -> letter(id).stream())
                    .sorted((a, b) -> order == Order.FORWARDS
                            ? a.position().compareTo(b.position())
                            : b.position().compareTo(a.position()))
                    .toList();
            for (var letter : letters) {
                if (isBeyondFrom(letter.position()) && !look(letter.position(), letter)) {
                    return;
                }
            }
        }

        void index(String prefix) {
            scan(prefix, (position, _) -> look(position, letterAt(position).orElse(null)));
        }

        void everything() {
            scan(letterKey(""), (position, value) -> look(position, LETTERS.decode(value)));
        }

        private void scan(String prefix, Table.Visitor each) {
            var least = filter.after() == null ? FIRST : Position.before(filter.after());
            var most = filter.before() == null ? LAST : Position.after(filter.before());
            if (from != null && order == Order.FORWARDS && from.compareTo(least) > 0) {
                least = from;
            }
            if (from != null && order == Order.BACKWARDS && from.compareTo(most) < 0) {
                most = from;
            }
            if (least.compareTo(most) > 0) {
                return;
            }
            table.range(prefix + least, prefix + most, order, (key, value) -> {
                var position = key.substring(prefix.length());
                return !isBeyondFrom(position) || each.visit(position, value);
            });
        }

        private boolean isBeyondFrom(String position) {
            return from == null
                    || (order == Order.FORWARDS ? position.compareTo(from) > 0 : position.compareTo(from) < 0);
        }

        /** Whether to go on. A letter may be gone by now where a reader is not the owner. */
        private boolean look(String position, @Nullable Letter letter) {
            if (looked == most) {
                more = true;
                return false;
            }
            looked++;
            reached = position;
            if (letter != null && filter.matches(letter) && !visitor.test(letter)) {
                more = true;
                return false;
            }
            return true;
        }
    }

    void counts(BiConsumer<FunctionCause, Counts> visitor) {
        var prefix = "count/";
        table.forEach(prefix, (key, value) -> {
            int space = key.indexOf(' ');
            visitor.accept(
                    new FunctionCause(key.substring(prefix.length(), space), key.substring(space + 1)),
                    COUNTS.decode(value));
        });
    }

    Counts counts(String function, String cause) {
        var value = table.get(countKey(function, cause));
        return value == null ? Counts.NONE : COUNTS.decode(value);
    }

    Optional<Redrive> redrive(String id) {
        return Optional.ofNullable(table.get(redriveKey(id))).map(REDRIVES::decode);
    }

    List<Redrive> redrives() {
        var found = new ArrayList<Redrive>();
        table.forEach(redriveKey(""), (_, value) -> found.add(REDRIVES.decode(value)));
        return found;
    }

    List<Redrive> runningRedrives() {
        return keys("running/", FIRST, Integer.MAX_VALUE).stream()
                .map(id -> redrive(id).orElseThrow())
                .toList();
    }

    /** Positions of letters that a redrive has matched and not looked at. */
    List<String> todo(Redrive redrive, int most) {
        return keys(todoKey(redrive.id(), ""), Objects.requireNonNullElse(redrive.handledUpTo(), FIRST), most);
    }

    Optional<ResultRow> row(String redrive, String deadLetter) {
        return Optional.ofNullable(table.get(rowKey(redrive, deadLetter))).map(ROWS::decode);
    }

    /** Result rows in order of the dead letters' ids, from behind one of them. */
    List<ResultRow> rows(String redrive, String behind, int most) {
        var prefix = rowKey(redrive, "");
        var found = new ArrayList<ResultRow>();
        table.range(prefix + behind, prefix + LAST, Order.FORWARDS, (key, value) -> {
            if (found.size() == most) {
                return false;
            }
            return key.equals(prefix + behind) || found.add(ROWS.decode(value));
        });
        return found;
    }

    List<String> rowKeys(String redrive, int most) {
        var prefix = rowKey(redrive, "");
        return keys(prefix, FIRST, most).stream().map(prefix::concat).toList();
    }

    Optional<Deletion> deletion(String action) {
        return Optional.ofNullable(table.get(deletionKey(action))).map(DELETIONS::decode);
    }

    List<Deletion> deletions() {
        var found = new ArrayList<Deletion>();
        table.forEach(deletionKey(""), (_, value) -> found.add(DELETIONS.decode(value)));
        return found;
    }

    List<Deletion> runningDeletions() {
        return keys("deleting/", FIRST, Integer.MAX_VALUE).stream()
                .map(action -> deletion(action).orElseThrow())
                .toList();
    }

    /** What stands behind a prefix in keys, in order, from a text on. */
    private List<String> keys(String prefix, String from, int most) {
        var found = new ArrayList<String>();
        table.range(prefix + from, prefix + LAST, Order.FORWARDS, (key, _) -> {
            if (found.size() == most) {
                return false;
            }
            return found.add(key.substring(prefix.length()));
        });
        return found;
    }
}
