console.log(import.meta.resolve("@toolcast/core"), process.version, process.execPath);
