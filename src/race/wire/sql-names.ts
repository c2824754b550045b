/**
 * Names that SQL is judged by: functions that neither write nor lock nor wait, and catalogues that drivers read to learn
 * what a database has. Lists of what is known to be harmless: a name that is missing costs an order too many, a name too
 * much hides one that is wrong.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Built in, and all that they tell of follows from what they are given, the clock or the rows that they are used on. */
export const HARMLESS_FUNCTIONS: ReadonlySet<string> = new Set(
  words(`
    count sum min max avg every bool_and bool_or array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg
    row_number rank dense_rank lag lead first_value last_value
    coalesce nullif greatest least cast row array
    now clock_timestamp statement_timestamp transaction_timestamp date_trunc date_part extract age to_timestamp
    make_interval to_char to_date to_number
    abs ceil ceiling floor round trunc mod power sqrt sign random gen_random_uuid
    length char_length character_length octet_length lower upper initcap trim btrim ltrim rtrim lpad rpad substring substr
    left right replace reverse position strpos split_part concat concat_ws format md5 encode decode hashtext
    hashtextextended starts_with repeat chr ascii
    unnest generate_series array_length cardinality array_position array_to_string string_to_array array_append
    to_json to_jsonb row_to_json json_build_object jsonb_build_object json_build_array jsonb_build_array
    json_array_elements jsonb_array_elements json_array_elements_text jsonb_array_elements_text json_array_length
    jsonb_array_length json_each jsonb_each json_to_recordset jsonb_to_recordset json_populate_record
    json_populate_recordset jsonb_extract_path jsonb_extract_path_text
    format_type pg_get_expr pg_get_constraintdef pg_get_indexdef pg_get_userbyid pg_table_is_visible pg_type_is_visible
    pg_encoding_to_char obj_description col_description has_table_privilege has_schema_privilege
  `),
)

/** They tell of the session that asks. */
export const SESSION_FUNCTIONS: ReadonlySet<string> = new Set(
  words(`
    version current_schema current_schemas current_database current_catalog current_user session_user user
    current_setting set_config pg_backend_pid inet_server_addr inet_client_addr pg_is_in_recovery
  `),
)

/** Of the schema of a database; none that tells what other sessions do, as pg_locks and pg_stat_activity. */
export const CATALOGUES: ReadonlySet<string> = new Set(
  words(`
    pg_type pg_namespace pg_class pg_attribute pg_attrdef pg_range pg_enum pg_proc pg_settings pg_database pg_collation
    pg_constraint pg_index pg_indexes pg_description pg_extension pg_roles pg_user pg_tables pg_views pg_matviews
    pg_operator pg_opclass pg_am pg_inherits pg_trigger
  `),
)

/** They may stand before a bracket without being called; types, too, of which one gives a length. */
export const NOT_CALLED: ReadonlySet<string> = new Set(
  words(`
    all and any as between by case cube distinct else except exists filter from grouping having in intersect is join lateral
    like ilike limit materialized not offset on only or order over partition recursive rollup select sets similar some
    table then to union using values when where with within group fetch first next
    bit bpchar char character decimal dec float interval numeric time timestamp timestamptz timetz varbit varchar varying
  `),
)
