package io.kappa.router.logs.api;

import static io.kappa.router.api.shape.Shape.choice;
import static io.kappa.router.api.shape.Shape.listing;
import static io.kappa.router.api.shape.Shape.member;
import static io.kappa.router.api.shape.Shape.required;
import static io.kappa.router.api.shape.Shape.structure;
import static io.kappa.router.api.shape.Shape.text;
import static io.kappa.router.api.shape.Shape.whole;

import io.kappa.router.api.shape.Shape.Flag;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.api.shape.Shape.Text;
import io.kappa.router.api.shape.Shape.Whole;
import io.kappa.router.logs.filter.FilterPattern;

/** The requests of CloudWatch Logs, as its service model has them. */
final class LogsShapes {
    private static final int MOST_DESCRIBED = 50;
    private static final int MOST_EVENTS = 10_000;
    private static final int MOST_STREAM_NAMES = 100;

    private static final Text GROUP = text(1, 512).matching("[\\.\\-_/#A-Za-z0-9]+");
    private static final Text GROUP_IDENTIFIER = text(1, 2048).matching("[\\w#+=/:,.@-]*");
    private static final Text STREAM = text(1, 512).matching("[^:*]*");
    private static final Text TOKEN = text(1, Integer.MAX_VALUE);
    private static final Whole TIME = whole(0, Long.MAX_VALUE);
    private static final Whole DESCRIBED = whole(1, MOST_DESCRIBED);
    private static final Whole EVENTS = whole(1, MOST_EVENTS);

    static final Structure DESCRIBE_GROUPS = structure(
            member("logGroupNamePrefix", GROUP),
            member("logGroupNamePattern", text(0, 512).matching("[\\.\\-_/#A-Za-z0-9]*")),
            member("logGroupIdentifiers", listing(GROUP_IDENTIFIER, 1, MOST_DESCRIBED)),
            member("logGroupClass", choice("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")),
            member("nextToken", TOKEN),
            member("limit", DESCRIBED));

    static final Structure DESCRIBE_STREAMS = structure(
            member("logGroupName", GROUP),
            member("logGroupIdentifier", GROUP_IDENTIFIER),
            member("logStreamNamePrefix", STREAM),
            member("orderBy", choice("LogStreamName", "LastEventTime")),
            member("descending", new Flag()),
            member("nextToken", TOKEN),
            member("limit", DESCRIBED));

    static final Structure GET_EVENTS = structure(
            member("logGroupName", GROUP),
            member("logGroupIdentifier", GROUP_IDENTIFIER),
            required("logStreamName", STREAM),
            member("startTime", TIME),
            member("endTime", TIME),
            member("nextToken", TOKEN),
            member("limit", EVENTS),
            member("startFromHead", new Flag()));

    static final Structure FILTER_EVENTS = structure(
            member("logGroupName", GROUP),
            member("logGroupIdentifier", GROUP_IDENTIFIER),
            member("logStreamNames", listing(STREAM, 1, MOST_STREAM_NAMES)),
            member("logStreamNamePrefix", STREAM),
            member("startTime", TIME),
            member("endTime", TIME),
            member("filterPattern", text(0, FilterPattern.LONGEST)),
            member("nextToken", TOKEN),
            member("limit", EVENTS));

    private LogsShapes() {}
}
