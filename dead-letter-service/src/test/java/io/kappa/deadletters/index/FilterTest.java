package io.kappa.deadletters.index;

import static io.kappa.deadletters.index.Samples.COUNT;
import static io.kappa.deadletters.index.Samples.EXHAUSTED;
import static io.kappa.deadletters.index.Samples.GREET;
import static io.kappa.deadletters.index.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.deadletter.DeadLetter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterTest {
    private final Letter letter =
            Letter.arrived(Samples.dead("a-1", GREET, EXHAUSTED, NOON, "Connection refused"), 0, 0, 0, NOON);

    private boolean matches(Filter filter) {
        return filter.matches(letter);
    }

    @Test
    void withoutMembersItMeansAll() {
        assertThat(matches(Filter.ALL)).isTrue();
    }

    @Test
    void aFunctionIsMeantByItsArnOrItsName() {
        assertThat(matches(Filter.ALL.withFunction(GREET))).isTrue();
        assertThat(matches(Filter.ALL.withFunction("greet"))).isTrue();
        assertThat(matches(Filter.ALL.withFunction("eet"))).isFalse();
        assertThat(matches(Filter.ALL.withFunction("function:greet"))).isFalse();
        assertThat(matches(Filter.ALL.withFunction(COUNT))).isFalse();
    }

    @Test
    void aTextIsLookedForInTheMessageAndTheType() {
        assertThat(matches(text("REFUSED"))).isTrue();
        assertThat(matches(text("valueerr"))).isTrue();
        assertThat(matches(text("timeout"))).isFalse();
    }

    private static Filter text(String text) {
        return new Filter(null, null, null, null, null, text, null, null, null);
    }

    @Test
    void afterIncludesTheTimeAndBeforeDoesNot() {
        assertThat(matches(new Filter(null, null, null, null, null, null, NOON, null, null)))
                .isTrue();
        assertThat(matches(new Filter(null, null, null, null, null, null, NOON.plusNanos(1), null, null)))
                .isFalse();
        assertThat(matches(new Filter(null, null, null, null, null, null, null, NOON, null)))
                .isFalse();
        assertThat(matches(new Filter(null, null, null, null, null, null, null, NOON.plusNanos(1), null)))
                .isTrue();
    }

    @Test
    void everythingThatIsSetMustApply() {
        assertThat(matches(new Filter(
                        "greet",
                        EXHAUSTED,
                        DeadLetter.Origin.ASYNC_QUEUE,
                        LetterStatus.OPEN,
                        "ValueError",
                        "refused",
                        NOON,
                        NOON.plusSeconds(1),
                        List.of("a-1"))))
                .isTrue();
        assertThat(matches(new Filter(null, "MALFORMED", null, null, null, null, null, null, null)))
                .isFalse();
        assertThat(matches(new Filter(null, null, DeadLetter.Origin.EVENT_SOURCE, null, null, null, null, null, null)))
                .isFalse();
        assertThat(matches(Filter.ALL.withStatus(LetterStatus.RESOLVED))).isFalse();
        assertThat(matches(new Filter(null, null, null, null, "KeyError", null, null, null, null)))
                .isFalse();
        assertThat(matches(new Filter(null, null, null, null, null, null, null, null, List.of())))
                .isFalse();
    }

    @Test
    void idsAreBounded() {
        assertThatThrownBy(() -> new Filter(
                        null, null, null, null, null, null, null, null, Collections.nCopies(Filter.MOST_IDS + 1, "a")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
