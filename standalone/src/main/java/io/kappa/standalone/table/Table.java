package io.kappa.standalone.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text in columns as wide as what is in them. Figures are set to the right, and everything else to the left. */
public final class Table {
    private static final String BETWEEN = "   ";

    private final List<List<String>> rows = new ArrayList<>();
    private final boolean figuresToTheRight;

    public Table() {
        this(true);
    }

    private Table(boolean figuresToTheRight) {
        this.figuresToTheRight = figuresToTheRight;
    }

    /** With figures to the left as well: for names and what they stand for, which is of many kinds in one column. */
    public static Table ofDetails() {
        return new Table(false);
    }

    public Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The table, each line indented by two. */
    public String text() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        var widths = new int[columns];
        for (var row : rows) {
            for (int column = 0; column < row.size(); column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        var text = new StringBuilder();
        for (var row : rows) {
            text.append(line(row, widths)).append(System.lineSeparator());
        }
        return text.toString();
    }

    private String line(List<String> row, int[] widths) {
        var cells = new String[row.size()];
        Arrays.setAll(cells, column -> padded(row.get(column), widths[column]));
        return ("  " + String.join(BETWEEN, cells)).stripTrailing();
    }

    private String padded(String cell, int width) {
        var space = " ".repeat(width - cell.length());
        return figuresToTheRight && !cell.isEmpty() && Character.isDigit(cell.charAt(0)) ? space + cell : cell + space;
    }
}
