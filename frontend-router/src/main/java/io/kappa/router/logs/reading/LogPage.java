package io.kappa.router.logs.reading;

import java.util.List;
import java.util.Map;

/**
 * Some lines of several streams, by time.
 *
 * @param next where reading goes on, by partition
 * @param isLast whether there was nothing more to read
 */
public record LogPage(List<LogLine> lines, Map<Integer, Position> next, boolean isLast) {}
