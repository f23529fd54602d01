package io.kappa.standalone.operator;

import picocli.CommandLine.Option;

/** How much of a long list is shown. */
final class PagingOptions {
    /** A list is put together in memory before it is shown. */
    static final int MOST = 50_000;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "Shows so many at most. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--all", description = "Shows all, up to " + MOST + ".")
    private boolean all;

    Pages pages(OperatorOptions options) {
        if (limit < 1 || limit > MOST) {
            throw options.wrong("--limit is from 1 to " + MOST);
        }
        return new Pages(options.api(), all ? MOST : limit);
    }
}
