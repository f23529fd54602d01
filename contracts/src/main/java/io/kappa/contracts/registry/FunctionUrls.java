package io.kappa.contracts.registry;

import io.kappa.contracts.function.FunctionArn;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The URLs of all functions, by what they are of and by their ids. One thread changes it, any thread reads. */
final class FunctionUrls {
    private final NavigableMap<String, FunctionUrlRecord> byKey = new ConcurrentSkipListMap<>();
    private final Map<String, FunctionUrlRecord> byId = new ConcurrentHashMap<>();

    void put(FunctionUrlRecord url) {
        forget(byKey.put(url.key(), url), url.urlId());
        byId.put(url.urlId(), url);
    }

    void remove(String key) {
        forget(byKey.remove(key), "");
    }

    private void forget(@Nullable FunctionUrlRecord before, String stillUsed) {
        if (before != null && !before.urlId().equals(stillUsed)) {
            byId.remove(before.urlId());
        }
    }

    Optional<FunctionUrlRecord> withId(String urlId) {
        return Optional.ofNullable(byId.get(urlId));
    }

    Optional<FunctionUrlRecord> of(FunctionArn function, String qualifier) {
        return Optional.ofNullable(byKey.get(FunctionUrlRecord.key(function, qualifier)));
    }

    /** In the order of their qualifiers. */
    Collection<FunctionUrlRecord> of(FunctionArn function) {
        return Collections.unmodifiableCollection(
                byKey.subMap(function + ":", function + ";").values());
    }
}
