package dev.mneme;

import dev.mneme.actors.node.Tenants;
import dev.mneme.store.StoreUsage;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;

/** Shows how much of the block stores is in use, all tenants of a home that were named so far together. */
final class StoreMeters {
    private final MeterRegistry registry;
    private final Path home;
    private final Tenants tenants;
    private final List<Gauge> gauges;

    private StoreMeters(MeterRegistry registry, Path home, Tenants tenants) {
        this.registry = registry;
        this.home = home;
        this.tenants = tenants;
        this.gauges = List.of(
                gauge("mneme.blocks.leases", "leases", "of blocks that some session reads just now", StoreUsage::leases),
                gauge("mneme.blocks.memory", "bytes", "of blocks that may be in memory", StoreUsage::hotBytes),
                gauge("mneme.blocks.disk", "bytes", "of the files that hold blocks", StoreUsage::arenaBytes));
    }

    static StoreMeters of(MeterRegistry registry, Path home, Tenants tenants) {
        return new StoreMeters(registry, home, tenants);
    }

    private Gauge gauge(String name, String unit, String description, ToLongFunction<StoreUsage> part) {
        return Gauge.builder(name, tenants, all -> all.usage().stream().mapToLong(part).sum())
                .description(description)
                .baseUnit(unit)
                .tag("home", home.toString())
                .register(registry);
    }

    /** Takes the gauges out of the registry: the stores are about to close. */
    void remove() {
        gauges.forEach(registry::remove);
    }
}
