"""Mail that comes in, understood without a database: `parse`, `html`, `cut`, `judge`, `bounce`. Pure."""
