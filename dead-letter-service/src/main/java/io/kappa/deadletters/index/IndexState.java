package io.kappa.deadletters.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.kit.streams.Table;

/** The index as its owner has it. {@link #apply} is the only writer, and keeps in step what follows from the letters. */
final class IndexState extends IndexView {
    private static final byte[] HERE = {'1'};

    private final Table table;

    IndexState(Table table) {
        super(table);
        this.table = table;
    }

    void apply(Change change) {
        switch (change) {
            case Change.Received(var letter) -> {
                put(letter);
                table.put(placeKey(letter.id()), letter.position().getBytes(UTF_8));
                table.put(functionKey(letter.deadLetter().function(), letter.position()), HERE);
                count(letter, 1);
                table.put(READ, Long.toString(letter.offset()).getBytes(UTF_8));
            }
            case Change.Moved moved -> {
                var letter = moved.letter();
                count(letterAt(letter.position()).orElseThrow(), -1);
                put(letter);
                count(letter, 1);
            }
            case Change.Left left -> {
                var letter = left.letter();
                count(letterAt(letter.position()).orElseThrow(), -1);
                table.delete(letterKey(letter.position()));
                table.delete(placeKey(letter.id()));
                table.delete(openKey(letter.position()));
                table.delete(functionKey(letter.deadLetter().function(), letter.position()));
            }
            case Change.Matched(var redrive, var position) -> table.put(todoKey(redrive, position), HERE);
            case Change.Handled(var redrive, var position, var row) -> {
                table.delete(todoKey(redrive, position));
                put(redrive, row);
            }
            case Change.Ended(var redrive, var row) -> put(redrive, row);
            case Change.Progressed(var redrive) -> {
                table.put(redriveKey(redrive.id()), REDRIVES.encode(redrive));
                mark(runningKey(redrive.id()), redrive.running());
            }
            case Change.Deleting(var deletion) -> {
                table.put(deletionKey(deletion.action()), DELETIONS.encode(deletion));
                mark(deletingKey(deletion.action()), deletion.running());
            }
            case Change.Erased(var key) -> table.delete(key);
            case Change.Forwarded _ -> {}
        }
    }

    private void put(Letter letter) {
        table.put(letterKey(letter.position()), LETTERS.encode(letter));
        mark(openKey(letter.position()), letter.status() == LetterStatus.OPEN);
    }

    private void put(String redrive, ResultRow row) {
        table.put(rowKey(redrive, row.deadLetter()), ROWS.encode(row));
    }

    private void mark(String key, boolean here) {
        boolean is = table.get(key) != null;
        if (here && !is) {
            table.put(key, HERE);
        } else if (!here && is) {
            table.delete(key);
        }
    }

    private void count(Letter letter, int more) {
        var dead = letter.deadLetter();
        var counts = counts(dead.function(), dead.cause()).plus(letter.status(), more);
        var key = countKey(dead.function(), dead.cause());
        if (counts.total() == 0) {
            table.delete(key);
        } else {
            table.put(key, COUNTS.encode(counts));
        }
    }
}
