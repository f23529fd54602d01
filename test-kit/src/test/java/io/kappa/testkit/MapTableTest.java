package io.kappa.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.kit.streams.Table;
import io.kappa.kit.streams.Table.Order;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@link Table} promises to those that look through one, and {@link MapTable} to tests. */
final class MapTableTest {
    private final MapTable table = new MapTable();

    MapTableTest() {
        List.of("a/1", "b/1", "b/2", "b/3", "b0", "c/1").forEach(this::put);
    }

    private void put(String key) {
        table.put(key, new byte[0]);
    }

    @Test
    void aScanShowsWhatHasThePrefix() {
        assertThat(scanned("b/", null, 9)).containsExactly("b/1", "b/2", "b/3");
        assertThat(scanned("d/", null, 9)).isEmpty();
    }

    @Test
    void aScanGoesOnBehindAKey() {
        assertThat(scanned("b/", "b/1", 9)).containsExactly("b/2", "b/3");
        assertThat(scanned("b/", "b/3", 9)).isEmpty();
        assertThat(scanned("b/", "a/9", 9)).containsExactly("b/1", "b/2", "b/3");
        assertThat(scanned("b/", "c/1", 9)).isEmpty();
    }

    @Test
    void aScanEndsWhenTheVisitorHasHadEnough() {
        assertThat(scanned("b/", null, 2)).containsExactly("b/1", "b/2");
    }

    @Test
    void aRangeIncludesBothEnds() {
        var found = new ArrayList<String>();
        table.range("b/1", "b/3", Order.BACKWARDS, (key, _) -> found.add(key));
        assertThat(found).containsExactly("b/3", "b/2", "b/1");
    }

    @Test
    void whatWasNotCommittedIsTakenBack() {
        table.commit();
        table.delete("a/1");
        put("d/1");
        table.rollBack();
        assertThat(table.contents()).containsOnlyKeys("a/1", "b/1", "b/2", "b/3", "b0", "c/1");
    }

    private List<String> scanned(String prefix, @Nullable String after, int most) {
        var found = new ArrayList<String>();
        table.scan(prefix, after, (key, _) -> {
            found.add(key);
            return found.size() < most;
        });
        return found;
    }
}
