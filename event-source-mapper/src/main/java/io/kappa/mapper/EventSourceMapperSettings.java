package io.kappa.mapper;

import io.kappa.access.object.ObjectStorageSettings;
import io.kappa.access.router.RouterSettings;
import io.kappa.kit.settings.Settings;
import io.kappa.mapper.mapping.RetrySettings;
import io.kappa.mapper.queue.QueueSettings;
import io.kappa.mapper.source.SourceSettings;
import io.kappa.mapper.stream.StreamSettings;
import java.net.URI;

/**
 * One instance of the service.
 *
 * @param mostCalls of functions at once
 * @param readiness whether routers are told of backlogs, so that environments start before their batches
 */
public record EventSourceMapperSettings(
        RouterSettings routers,
        int mostCalls,
        SourceSettings sources,
        RetrySettings retries,
        StreamSettings streams,
        QueueSettings queues,
        boolean readiness,
        ObjectStorageSettings objects) {

    public static EventSourceMapperSettings from(Settings settings) {
        return new EventSourceMapperSettings(
                RouterSettings.from(settings, "mapper.routers", "mapper.call-timeout"),
                settings.integer("mapper.maximum-calls", 1_000, 1, 100_000),
                SourceSettings.from(settings),
                RetrySettings.from(settings),
                StreamSettings.from(settings),
                QueueSettings.from(settings),
                settings.flag("mapper.readiness", true),
                ObjectStorageSettings.from(settings));
    }

    /** The same, with one router elsewhere: where it is may be known only once it runs. */
    public EventSourceMapperSettings withRouter(URI url) {
        return new EventSourceMapperSettings(
                routers.at(url), mostCalls, sources, retries, streams, queues, readiness, objects);
    }
}
