/* schemas/tables/departments.h: SS-MIX2 統一診療科コード. */
#ifndef SCHEMAS_TABLES_DEPARTMENTS_H
#define SCHEMAS_TABLES_DEPARTMENTS_H

/* By its first level, whatever the third character parts; NULL: unknown. */
const char *department_name(const char *code);

#endif
