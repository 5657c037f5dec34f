//! At most 100 users a query: longer lists are asked for in batches.

use serde_json::{Value, json};

use crate::error::Error;
use crate::model::catalog::family::Family;

use super::query;

/// The limits of one query of the users family.
pub const MOST_USERS: usize = 100;

/// The bodies that ask for all users of this one, each for [`MOST_USERS`] at the most.
pub fn batches(family: &Family, body: Value) -> Result<Vec<Value>, Error> {
    let long = long_list(&body).filter(|_| family.name == "users");
    let users = long
        .iter()
        .flat_map(|place| body.pointer(place)?.as_array());
    let users: Vec<Value> = users.flatten().cloned().collect();
    let Some(place) = long else {
        return Ok(vec![body]);
    };
    if !query::strings(&body, "groupBy").any(|name| name == "userId") {
        return Err(Error::usage(format!(
            "{} users need several queries, and their sums would be mixed",
            users.len()
        ))
        .help("add --group-by userId, so that the rows can be joined"));
    }
    let batch = |users: &[Value]| {
        let mut part = body.clone();
        if let Some(list) = part.pointer_mut(&place) {
            *list = json!(users);
        }
        part
    };
    Ok(users.chunks(MOST_USERS).map(batch).collect())
}

/// The pointer to a list of alternatives that names too many users.
fn long_list(body: &Value) -> Option<String> {
    let clauses = body["filter"]["clauses"].as_array().map_or(0, Vec::len);
    let clauses = (0..clauses).map(|index| format!("/filter/clauses/{index}"));
    let mut places = std::iter::once("/filter".to_owned()).chain(clauses);
    let place = places.find(|place| {
        let holder = body.pointer(place).unwrap_or(&Value::Null);
        let users = holder["predicates"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        holder["type"] == "or"
            && users.len() > MOST_USERS
            && users.iter().all(|one| one["dimension"] == "userId")
    });
    place.map(|place| place + "/predicates")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::filter::{Predicate, filter};
    use crate::model::catalog::family;

    fn body(users: usize, group_by: &[&str]) -> Value {
        let condition = Predicate {
            dimension: "userId".into(),
            operator: "matches",
            values: (0..users).map(|user| user.to_string()).collect(),
        };
        json!({"groupBy": group_by, "filter": filter(&[condition])})
    }

    #[test]
    fn many_users_are_cut_and_none_is_lost() {
        let family = family::find("users").unwrap();
        assert_eq!(batches(family, body(100, &[])).unwrap().len(), 1);
        let parts = batches(family, body(250, &["userId"])).unwrap();
        assert_eq!(parts.len(), 3);
        let users = parts.iter().flat_map(|part| {
            let list = part["filter"]["clauses"][0]["predicates"]
                .as_array()
                .unwrap();
            list.iter()
                .map(|one| one["value"].as_str().unwrap().to_owned())
        });
        let all: Vec<String> = users.collect();
        assert_eq!(
            all,
            (0..250).map(|user| user.to_string()).collect::<Vec<_>>()
        );
        assert!(batches(family, body(101, &[])).is_err());
        let others = family::find("conversations").unwrap();
        assert_eq!(batches(others, body(250, &[])).unwrap().len(), 1);
    }
}
