package io.kappa.standalone.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAsWideAsWhatIsInThemAndFiguresAreSetToTheRight() {
        var table = new Table()
                .row("function", "duration", "answer")
                .row("receipt", "12.5 ms", "yes")
                .row("", "0.4 ms", "no");
        assertThat(table.text().lines())
                .containsExactly(
                        "  function   duration   answer", //
                        "  receipt     12.5 ms   yes",
                        "               0.4 ms   no");
    }

    @Test
    void aShortRowLeavesTheOtherColumnsEmpty() {
        assertThat(new Table().row("a", "b").row("only one").text().lines())
                .containsExactly("  a          b", "  only one");
    }

    @Test
    void detailsAreAllSetToTheLeft() {
        assertThat(Table.ofDetails()
                        .row("runs", "2")
                        .row("function", "hello")
                        .text()
                        .lines())
                .containsExactly("  runs       2", "  function   hello");
    }
}
