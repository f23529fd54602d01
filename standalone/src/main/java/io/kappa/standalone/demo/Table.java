package io.kappa.standalone.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text in columns as wide as what is in them. Figures are set to the right, and everything else to the left. */
final class Table {
    private static final String BETWEEN = "   ";

    private final List<List<String>> rows = new ArrayList<>();

    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The table, each line indented by two. */
    String text() {
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

    private static String line(List<String> row, int[] widths) {
        var cells = new String[row.size()];
        Arrays.setAll(cells, column -> padded(row.get(column), widths[column]));
        return ("  " + String.join(BETWEEN, cells)).stripTrailing();
    }

    private static String padded(String cell, int width) {
        var space = " ".repeat(width - cell.length());
        return !cell.isEmpty() && Character.isDigit(cell.charAt(0)) ? space + cell : cell + space;
    }
}
